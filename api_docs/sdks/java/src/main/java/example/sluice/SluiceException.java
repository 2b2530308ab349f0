package example.sluice;

import java.util.Map;

/** A refusal of the API (the code never changes, see /docs/errors), or network_error when nothing answered. */
public final class SluiceException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String code;
  private final transient Types.Problem problem;

  SluiceException(int status, String code, String message, Types.Problem problem) {
    super(code + ": " + message);
    this.status = status;
    this.code = code;
    this.problem = problem;
  }

  SluiceException(int status, String code, String message) {
    this(status, code, message, null);
  }

  /** The error that an answer is: a problem of the API, of the token endpoint, or of neither. */
  static SluiceException of(int status, String text) {
    Map<String, Object> said = Map.of();
    try {
      if (Json.read(text) instanceof Map<?, ?> object) {
        said = Shape.object(object);
      }
    } catch (IllegalArgumentException notOurs) {
      // A proxy on the way answered.
    }
    Object code = said.getOrDefault("code", said.getOrDefault("error", "http_" + status));
    Object words = said.getOrDefault("detail", said.getOrDefault("error_description", text));
    Types.Problem problem = said.containsKey("code") ? new Types.Problem(said) : null;
    return new SluiceException(status, String.valueOf(code), String.valueOf(words), problem);
  }

  /** The HTTP status; 0 when no answer came. */
  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /** All that the API said, or null. */
  public Types.Problem problem() {
    return problem;
  }
}
