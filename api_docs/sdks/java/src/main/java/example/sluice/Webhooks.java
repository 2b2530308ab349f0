package example.sluice;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Standard Webhooks: v1 (HMAC-SHA256, whsec_…) and v1a (Ed25519, whpk_…). */
public final class Webhooks {
  private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final long TOLERANCE_SECONDS = 300;

  private Webhooks() {}

  /** A message that is not from the bank, or too old to be believed. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * Return the event of a message that is really from the bank. Keys: the endpoint's secret or public key, or
   * several during a rotation. Body: the bytes as they came, before any parser.
   */
  public static Types.Event verify(List<String> keys, Map<String, String> headers, byte[] body) throws Refused {
    Map<String, String> named = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    named.putAll(headers);
    String sentAt = named.getOrDefault("webhook-timestamp", "");
    long now = Instant.now().getEpochSecond();
    if (!sentAt.matches("\\d{1,12}") || Math.abs(now - Long.parseLong(sentAt)) > TOLERANCE_SECONDS) {
      throw new Refused("too old, or from the future");
    }
    byte[] head = (named.get("webhook-id") + "." + sentAt + ".").getBytes(StandardCharsets.UTF_8);
    byte[] content = new byte[head.length + body.length];
    System.arraycopy(head, 0, content, 0, head.length);
    System.arraycopy(body, 0, content, head.length, body.length);
    for (String one : named.getOrDefault("webhook-signature", "").split(" ")) {
      String[] parts = one.split(",", 2);
      for (String key : keys) {
        if (parts.length == 2 && isSigned(key, parts[0], parts[1], content)) {
          return new Types.Event(Shape.object(Json.read(new String(body, StandardCharsets.UTF_8))));
        }
      }
    }
    throw new Refused("no signature is ours");
  }

  private static boolean isSigned(String key, String kind, String signature, byte[] content) {
    try {
      byte[] raw = Base64.getDecoder().decode(key.substring(key.indexOf('_') + 1));
      byte[] signed = Base64.getDecoder().decode(signature);
      if (kind.equals("v1") && key.startsWith("whsec_")) {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(raw, "HmacSHA256"));
        return MessageDigest.isEqual(mac.doFinal(content), signed);
      }
      if (kind.equals("v1a") && key.startsWith("whpk_")) {
        byte[] encoded = new byte[ED25519.length + raw.length];
        System.arraycopy(ED25519, 0, encoded, 0, ED25519.length);
        System.arraycopy(raw, 0, encoded, ED25519.length, raw.length);
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        verifier.update(content);
        return verifier.verify(signed);
      }
      return false;
    } catch (GeneralSecurityException | IllegalArgumentException notOurs) {
      return false;
    }
  }
}
