package example.sluice;

import java.net.http.HttpClient;
import java.time.Duration;

/** Who calls, and which bank. A sandbox client may show its secret; a live client signs. */
public final class Settings {
  final String baseUrl;
  final String bank;
  final String clientId;
  final String clientSecret;
  final SigningKey key;
  final int retries;
  final HttpClient http;
  final Pause pause;

  /** How to wait between two sendings. */
  public interface Pause {
    void sleep(long milliseconds) throws InterruptedException;
  }

  private Settings(
      String baseUrl,
      String bank,
      String clientId,
      String clientSecret,
      SigningKey key,
      int retries,
      HttpClient http,
      Pause pause) {
    this.baseUrl = baseUrl.replaceAll("/+$", "");
    this.bank = bank.substring(bank.lastIndexOf('/') + 1);
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.key = key;
    this.retries = retries;
    this.http = http;
    this.pause = pause;
  }

  /** A sandbox client with its secret, sk_test_…. */
  public static Settings withSecret(String baseUrl, String bank, String clientId, String clientSecret) {
    return new Settings(baseUrl, bank, clientId, clientSecret, null, 3, client(), Thread::sleep);
  }

  /** Any client with a private key: tokens are signed, and every call that moves money. */
  public static Settings withKey(String baseUrl, String bank, String clientId, SigningKey key) {
    return new Settings(baseUrl, bank, clientId, null, key, 3, client(), Thread::sleep);
  }

  /** The same at another bank. */
  public Settings at(String otherBank) {
    return new Settings(baseUrl, otherBank, clientId, clientSecret, key, retries, http, pause);
  }

  /** How often a call is sent again (3), and how the time between is spent. */
  public Settings retrying(int times, Pause how) {
    return new Settings(baseUrl, bank, clientId, clientSecret, key, times, http, how);
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }
}
