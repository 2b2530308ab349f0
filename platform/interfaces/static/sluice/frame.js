// On a telephone the navigation is a row that scrolls: the page one is on is brought into sight.
(function () {
  "use strict";
  var current = document.querySelector(".side [aria-current]"), side = current && current.parentElement;
  if (side && side.scrollWidth > side.clientWidth) {
    side.scrollLeft = current.offsetLeft - (side.clientWidth - current.offsetWidth) / 2;
  }
})();
