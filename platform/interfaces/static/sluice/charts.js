// Draws every <figure data-chart="ID-OF-A-JSON-SCRIPT">. The JSON carries an ECharts option; colours come from the theme.
(function () {
  "use strict";
  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function legend(figure, option) {
    var named = option.series.filter(function (one) { return one.name; });
    if (named.length < 2) { return; }
    var list = document.createElement("ul");
    list.className = "legend";
    named.forEach(function (one, index) {
      var item = document.createElement("li"), swatch = document.createElement("span");
      swatch.className = one.type === "line" ? "swatch line" : "swatch";
      swatch.style.background = option.color[index];
      item.append(swatch, one.name);
      list.append(item);
    });
    figure.before(list);
  }
  function draw(figure) {
    var source = document.getElementById(figure.dataset.chart);
    if (!source || !window.echarts) { return; }
    var option = JSON.parse(source.textContent);
    option.color = [token("--brand"), "#c98a1b", "#6b7873", "#1f5d93", "#b3261e"];
    option.textStyle = { fontFamily: token("--font") };
    option.animation = false;
    option.grid = Object.assign({ left: 8, right: 16, top: 12, bottom: 8, containLabel: true }, option.grid || {});
    option.tooltip = Object.assign({ trigger: "axis", renderMode: "richText" }, option.tooltip || {});
    legend(figure, option);
    var chart = window.echarts.init(figure, null, { renderer: "canvas" });
    chart.setOption(option);
    window.addEventListener("resize", function () { chart.resize(); });
  }
  function start() { document.querySelectorAll("[data-chart]").forEach(draw); }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
