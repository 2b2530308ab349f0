import example.sluice.Json;
import example.sluice.Settings;
import example.sluice.SigningKey;
import example.sluice.Sluice;
import example.sluice.SluiceException;
import example.sluice.Types;
import example.sluice.Webhooks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Calls a server that fails on purpose, and says what the library made of it: one JSON object. */
public final class Contrary {
  private static final List<Object> WAITS = new ArrayList<>();

  private Contrary() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, String> given = System.getenv();
    SigningKey key = SigningKey.ofPem(given.get("PRIVATE_KEY"), "k1");
    Settings settings = Settings.withKey(given.get("SLUICE"), "bnk_1", "cli_1", key);
    Sluice sluice = new Sluice(settings.retrying(5, WAITS::add));
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("through", orCode(() -> sluice.drawDown(draw("1.00"), "order-1").id()));
    said.put("waits", List.copyOf(WAITS));
    said.put("refused", orCode(() -> sluice.drawDown(draw("2.00")).id()));
    said.put("me", sluice.describeToken().scene());
    byte[] some = "{}".getBytes(StandardCharsets.UTF_8);
    said.put("upload", orCode(() -> sluice.sendBytesOfUpload("bat_1", some, 7).id()));
    Types.ListLoansQuery query = new Types.ListLoansQuery().limit(2L).createdAtGte("2026-11-02T00:00:00Z");
    query.expand(List.of("business", "credit_line"));
    said.put("loans", sluice.listLoans(query).data().stream().map(Types.Loan::id).toList());
    List<String> believed = new ArrayList<>();
    for (Object each : (List<?>) Json.read(Files.readString(Path.of(given.get("MESSAGES"))))) {
      believed.add(believed((Map<?, ?>) each));
    }
    said.put("webhooks", believed);
    System.out.println(Json.write(said));
  }

  private static Types.DrawdownBody draw(String amount) {
    Types.PositiveMoney money = new Types.PositiveMoney().amount(amount).currency("CNY");
    return new Types.DrawdownBody().creditLine("lin_1").bankAccount("acc_1").amount(money);
  }

  private static String orCode(Supplier<String> call) {
    try {
      return call.get();
    } catch (SluiceException refused) {
      return refused.code();
    }
  }

  private static String believed(Map<?, ?> message) {
    Map<String, String> headers =
        Map.of(
            "Webhook-Id", (String) message.get("id"),
            "Webhook-Timestamp", (String) message.get("at"),
            "Webhook-Signature", (String) message.get("signature"));
    byte[] body = ((String) message.get("body")).getBytes(StandardCharsets.UTF_8);
    try {
      return Webhooks.verify(List.of((String) message.get("key")), headers, body).type();
    } catch (Webhooks.Refused refused) {
      return "refused";
    }
  }
}
