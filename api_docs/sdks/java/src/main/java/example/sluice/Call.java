package example.sluice;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** One call before it is sent: what the generated client says of it. */
final class Call {
  final String method;
  final Map<String, String> headers = new LinkedHashMap<>(Map.of("accept", "application/json"));
  String path;
  byte[] body = new byte[0];
  boolean mayRepeat;
  boolean movesMoney;

  Call(String method, String path) {
    this.method = method;
    this.mayRepeat = method.equals("GET");
    this.path = path;
  }

  Call query(Shape query) {
    StringJoiner pairs = new StringJoiner("&", "?", "").setEmptyValue("");
    if (query != null) {
      query.members().forEach(
          (name, value) -> {
            List<?> values = value instanceof List<?> several ? several : value == null ? List.of() : List.of(value);
            values.forEach(each -> pairs.add(part(name) + "=" + part(String.valueOf(each))));
          });
    }
    path += pairs;
    return this;
  }

  Call body(Shape given) {
    return bytes(Json.write(given.members()).getBytes(StandardCharsets.UTF_8), "application/json");
  }

  Call lines(Iterable<? extends Shape> rows) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    rows.forEach(row -> all.writeBytes((Json.write(row) + "\n").getBytes(StandardCharsets.UTF_8)));
    return bytes(all.toByteArray(), "application/x-ndjson");
  }

  Call lines(byte[] some) {
    return bytes(some, "application/x-ndjson");
  }

  Call offset(long offset) {
    headers.put("upload-offset", Long.toString(offset));
    return this;
  }

  Call ifMatch(String etag) {
    headers.put("if-match", etag);
    return this;
  }

  Call key(String idempotencyKey) {
    headers.put("idempotency-key", idempotencyKey);
    mayRepeat = true;
    return body.length > 0 ? this : bytes("{}".getBytes(StandardCharsets.UTF_8), "application/json");
  }

  Call movesMoney() {
    movesMoney = true;
    return this;
  }

  private Call bytes(byte[] content, String kind) {
    body = content;
    headers.put("content-type", kind);
    return this;
  }

  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
