package example.sluice;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** A private key (Ed25519, P-256 or RSA from 2048 bits), the kid of its public half, and what it signs. */
public final class SigningKey {
  private static final List<String> COVERED =
      List.of("@method", "@target-uri", "content-digest", "idempotency-key", "authorization");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long ASSERTION_SECONDS = 120;
  private final PrivateKey key;
  private final String keyId;

  public SigningKey(PrivateKey key, String keyId) {
    this.key = key;
    this.keyId = keyId;
  }

  /** Read a PKCS#8 key. */
  public static SigningKey ofPem(String pem, String keyId) {
    byte[] bytes = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
    for (String kind : List.of("Ed25519", "EC", "RSA")) {
      try {
        PrivateKey found = KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        return new SigningKey(found, keyId);
      } catch (InvalidKeySpecException another) {
        continue;
      } catch (GeneralSecurityException broken) {
        throw new IllegalStateException(broken);
      }
    }
    throw new IllegalArgumentException("an Ed25519, P-256 or RSA key is needed");
  }

  /** An assertion for the token endpoint: two minutes, used once. */
  String assertion(String clientId, String audience) {
    long issued = Instant.now().getEpochSecond();
    String name = key instanceof ECPrivateKey ? "ES256" : key instanceof RSAPrivateKey ? "PS256" : "Ed25519";
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", clientId);
    claims.put("sub", clientId);
    claims.put("aud", audience);
    claims.put("iat", issued);
    claims.put("exp", issued + ASSERTION_SECONDS);
    claims.put("jti", nonce());
    Map<String, String> head = Map.of("alg", name, "kid", keyId, "typ", "JWT");
    String signed = base64Url(bytes(Json.write(head))) + "." + base64Url(bytes(Json.write(claims)));
    return signed + "." + base64Url(sign(bytes(signed), "SHA-256", 32));
  }

  /** The headers of a call with its signature, made anew for every sending; names in small letters. */
  Map<String, String> signedHeaders(String method, String url, Map<String, String> headers, byte[] body) {
    Map<String, String> named = new LinkedHashMap<>(headers);
    named.put("content-digest", "sha-256=:" + base64(sha256(body)) + ":");
    StringJoiner names = new StringJoiner("\" \"", "(\"", "\")");
    COVERED.forEach(names::add);
    String params =
        names + ";created=" + Instant.now().getEpochSecond() + ";keyid=\"" + keyId + "\";nonce=\"" + nonce() + "\"";
    Map<String, String> values = new LinkedHashMap<>(named);
    values.put("@method", method);
    values.put("@target-uri", url);
    StringBuilder base = new StringBuilder();
    COVERED.forEach(name -> base.append('"').append(name).append("\": ").append(values.get(name)).append('\n'));
    base.append("\"@signature-params\": ").append(params);
    named.put("signature-input", "sluice=" + params);
    named.put("signature", "sluice=:" + base64(sign(bytes(base.toString()), "SHA-512", 64)) + ":");
    return named;
  }

  private byte[] sign(byte[] content, String digest, int saltLength) {
    try {
      Signature signature;
      if (key instanceof ECPrivateKey) {
        signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      } else if (key instanceof RSAPrivateKey) {
        signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(
            new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), saltLength, 1));
      } else {
        signature = Signature.getInstance("Ed25519");
      }
      signature.initSign(key);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static String nonce() {
    byte[] some = new byte[24];
    RANDOM.nextBytes(some);
    return base64Url(some);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }

  private static String base64Url(byte[] content) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(content);
  }
}
