package example.sluice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A JSON object with known members; unknown ones are kept, so that an answer may grow. */
public abstract class Shape {
  private final Map<String, Object> members;

  protected Shape() {
    this(new LinkedHashMap<>());
  }

  protected Shape(Map<String, Object> members) {
    this.members = members;
  }

  /** All members as they travel: maps, lists, strings, Long or Double, Boolean, null. */
  public Map<String, Object> members() {
    return members;
  }

  protected Object get(String name) {
    return members.get(name);
  }

  protected <T> T with(String name, Object value, T self) {
    members.put(name, value);
    return self;
  }

  protected <T> T shape(String name, Function<Map<String, Object>, T> make) {
    Object value = members.get(name);
    return value == null ? null : make.apply(object(value));
  }

  protected <T> List<T> list(String name, Function<Object, T> make) {
    if (!(members.get(name) instanceof List<?> values)) {
      return null;
    }
    List<T> made = new ArrayList<>();
    values.forEach(value -> made.add(make.apply(value)));
    return made;
  }

  protected <T> Map<String, T> map(String name, Function<Object, T> make) {
    if (members.get(name) == null) {
      return null;
    }
    Map<String, T> made = new LinkedHashMap<>();
    object(members.get(name)).forEach((key, value) -> made.put(key, make.apply(value)));
    return made;
  }

  @SuppressWarnings("unchecked")
  protected static Map<String, Object> object(Object value) {
    return value instanceof Shape shape ? shape.members() : (Map<String, Object>) value;
  }

  @Override
  public String toString() {
    return Json.write(members);
  }
}
