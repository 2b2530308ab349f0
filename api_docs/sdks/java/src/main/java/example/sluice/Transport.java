package example.sluice;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** What every call has in common: a token in time, one key however often it is sent, a signature. */
public abstract class Transport {
  private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final Set<Integer> PASSING = Set.of(0, 429, 502, 503, 504);
  private static final Set<String> IN_FLIGHT = Set.of("idempotency_key_in_use", "lock_timeout");
  private static final long EARLY_SECONDS = 60;
  private static final long LONGEST_WAIT_SECONDS = 60;
  private final Settings settings;
  private String token;
  private long renewAtNanos;

  protected Transport(Settings settings) {
    this.settings = settings;
  }

  private interface Make {
    HttpRequest request();
  }

  protected Settings settings() {
    return settings;
  }

  /** The bank the token is for. */
  public String bank() {
    return settings.bank;
  }

  /** The token in use; asked for again a minute before it ends. */
  public synchronized String token() {
    if (token == null || System.nanoTime() - renewAtNanos >= 0) {
      Map<String, Object> said = Shape.object(Json.read(resend(true, this::tokenRequest)));
      long seconds = (Long) said.get("expires_in");
      token = (String) said.get("access_token");
      renewAtNanos = System.nanoTime() + Math.max(seconds - EARLY_SECONDS, seconds / 2) * 1_000_000_000L;
    }
    return token;
  }

  private synchronized void forgetToken() {
    token = null;
  }

  private HttpRequest tokenRequest() {
    String url = settings.baseUrl + "/oauth/token";
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    form.put("resource", settings.baseUrl + "/banks/" + settings.bank);
    if (settings.key == null) {
      form.put("client_id", settings.clientId);
      form.put("client_secret", settings.clientSecret);
    } else {
      form.put("client_assertion_type", ASSERTION_TYPE);
      form.put("client_assertion", settings.key.assertion(settings.clientId, url));
    }
    StringJoiner body = new StringJoiner("&");
    form.forEach((name, value) -> body.add(Call.part(name) + "=" + Call.part(value)));
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    return request("POST", url, Map.of("content-type", "application/x-www-form-urlencoded"), bytes);
  }

  protected static String newKey() {
    return UUID.randomUUID().toString();
  }

  protected static String part(String id) {
    return Call.part(id);
  }

  Map<String, Object> send(Call call) {
    String url = settings.baseUrl + call.path;
    Make make =
        () -> {
          Map<String, String> headers = new LinkedHashMap<>(call.headers);
          headers.put("authorization", "Bearer " + token());
          if (call.movesMoney && settings.key != null) {
            headers = settings.key.signedHeaders(call.method, url, headers, call.body);
          }
          return request(call.method, url, headers, call.body);
        };
    return Shape.object(Json.read(resend(call.mayRepeat, make)));
  }

  private static HttpRequest request(String method, String url, Map<String, String> headers, byte[] body) {
    HttpRequest.Builder made = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
    headers.forEach(made::header);
    return made.method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body)).build();
  }

  /** Send what is made until it is answered: made anew each time, with the same key. */
  private String resend(boolean mayRepeat, Make make) {
    boolean renewed = false;
    for (int failures = 0; ; ) {
      String wait = "";
      SluiceException error;
      try {
        HttpResponse<String> answer = settings.http.send(make.request(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 == 2) {
          return answer.body();
        }
        error = SluiceException.of(answer.statusCode(), answer.body());
        wait = answer.headers().firstValue("retry-after").orElse("");
      } catch (IOException trouble) {
        error = new SluiceException(0, "network_error", String.valueOf(trouble.getMessage()));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new SluiceException(0, "interrupted", "the thread was interrupted");
      }
      if (error.code().equals("token_expired") && !renewed) {
        renewed = true;
        forgetToken();
        continue;
      }
      boolean inFlight = error.status() == 409 && IN_FLIGHT.contains(error.code());
      if (!mayRepeat || failures >= settings.retries || !(PASSING.contains(error.status()) || inFlight)) {
        throw error;
      }
      pause(wait, failures++);
    }
  }

  private void pause(String wait, int failures) {
    long milliseconds =
        wait.matches("\\d{1,6}")
            ? Math.min(Long.parseLong(wait), LONGEST_WAIT_SECONDS) * 1000
            : (long) (250 * Math.pow(2, failures) * ThreadLocalRandom.current().nextDouble(1, 1.25));
    try {
      settings.pause.sleep(milliseconds);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new SluiceException(0, "interrupted", "the thread was interrupted");
    }
  }
}
