package example.sluice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON in one file, so that the library needs no other: objects are maps, whole numbers are Long. */
public final class Json {
  private static final int DEEPEST = 100;
  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  /** Read one value; throws IllegalArgumentException for anything else. */
  public static Object read(String text) {
    Json reader = new Json(text);
    Object value = reader.value();
    reader.space();
    if (reader.at < text.length()) {
      throw reader.wrong();
    }
    return value;
  }

  /** Write maps, lists, shapes, strings, numbers, booleans and null. */
  public static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Shape shape) {
      write(shape.members(), out);
    } else if (value instanceof Map<?, ?> map) {
      String before = "{";
      for (Map.Entry<?, ?> each : map.entrySet()) {
        out.append(before);
        write(each.getKey(), out);
        out.append(':');
        write(each.getValue(), out);
        before = ",";
      }
      out.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof Iterable<?> values) {
      out.append('[');
      String before = "";
      for (Object each : values) {
        out.append(before);
        write(each, out);
        before = ",";
      }
      out.append(']');
    } else if (value instanceof String string) {
      quoted(string, out);
    } else {
      out.append(value);
    }
  }

  private static void quoted(String string, StringBuilder out) {
    out.append('"');
    for (int each = 0; each < string.length(); each++) {
      char letter = string.charAt(each);
      if (letter == '"' || letter == '\\') {
        out.append('\\').append(letter);
      } else if (letter < ' ') {
        out.append(String.format("\\u%04x", (int) letter));
      } else {
        out.append(letter);
      }
    }
    out.append('"');
  }

  private Object value() {
    space();
    if (at >= text.length() || ++depth > DEEPEST) {
      throw wrong();
    }
    Object found =
        switch (text.charAt(at)) {
          case '{' -> object();
          case '[' -> array();
          case '"' -> string();
          case 't' -> word("true", Boolean.TRUE);
          case 'f' -> word("false", Boolean.FALSE);
          case 'n' -> word("null", null);
          default -> number();
        };
    depth--;
    return found;
  }

  private Map<String, Object> object() {
    Map<String, Object> found = new LinkedHashMap<>();
    at++;
    if (takes('}')) {
      return found;
    }
    do {
      space();
      String name = string();
      if (!takes(':')) {
        throw wrong();
      }
      found.put(name, value());
    } while (takes(','));
    if (!takes('}')) {
      throw wrong();
    }
    return found;
  }

  private List<Object> array() {
    List<Object> found = new ArrayList<>();
    at++;
    if (takes(']')) {
      return found;
    }
    do {
      found.add(value());
    } while (takes(','));
    if (!takes(']')) {
      throw wrong();
    }
    return found;
  }

  private String string() {
    if (at >= text.length() || text.charAt(at) != '"') {
      throw wrong();
    }
    StringBuilder found = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char letter = text.charAt(at);
      if (letter == '"') {
        at++;
        return found.toString();
      }
      found.append(letter == '\\' ? escaped() : letter);
    }
    throw wrong();
  }

  private char escaped() {
    if (++at >= text.length()) {
      throw wrong();
    }
    char letter = text.charAt(at);
    if (letter == 'u' && at + 4 < text.length()) {
      at += 4;
      return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
    }
    int known = "\"\\/bfnrt".indexOf(letter);
    if (known < 0) {
      throw wrong();
    }
    return "\"\\/\b\f\n\r\t".charAt(known);
  }

  private Object number() {
    int from = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(from, at);
    try {
      return digits.matches("-?\\d{1,18}") ? (Object) Long.valueOf(digits) : Double.valueOf(digits);
    } catch (NumberFormatException notOne) {
      throw wrong();
    }
  }

  private Object word(String word, Object meaning) {
    if (!text.startsWith(word, at)) {
      throw wrong();
    }
    at += word.length();
    return meaning;
  }

  private boolean takes(char wanted) {
    space();
    boolean there = at < text.length() && text.charAt(at) == wanted;
    at += there ? 1 : 0;
    return there;
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("not JSON at character " + at);
  }
}
