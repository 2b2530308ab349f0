import com.sun.net.httpserver.HttpServer;
import example.sluice.Clocks;
import example.sluice.Settings;
import example.sluice.Shape;
import example.sluice.SigningKey;
import example.sluice.Sluice;
import example.sluice.Types;
import example.sluice.Webhooks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * From a key to a repaid loan in a sandbox bank of one's own, with every step that a scene's server takes.
 * SLUICE, CLIENT_ID, BANK and CLIENT_SECRET say who and where; with PRIVATE_KEY (a PEM) and KEY_ID instead of the
 * secret, tokens and draws are signed, as live.
 */
public final class FirstLoan {
  private static final String NAME = "first loan in Java";
  private static final List<Types.Event> HEARD = new CopyOnWriteArrayList<>();
  private static volatile String webhookKey = "";

  private FirstLoan() {}

  public static void main(String[] arguments) throws IOException {
    Sluice scene = new Sluice(settings());
    scene.listTestClocks().data().stream()
        .filter(old -> old.name().equals(NAME))
        .forEach(old -> scene.deleteTestClock(old.id()));
    Clocks.Running clock = Clocks.begin(scene, new Types.ClockBody().name(NAME).frozenDate("2026-11-02"));
    Sluice sluice = clock.sluice();
    HttpServer receiver = receiver();
    String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/sluice/events";
    Types.Secret made = sluice.registerWebhookEndpoint(new Types.EndpointBody().url(url).signing("v1a"));
    webhookKey = made.endpoint().publicKey();

    Types.Business business = business(sluice);
    Types.BankAccount account =
        sluice.addBankAccount(
            business.id(),
            new Types.BankAccountBody()
                .accountNumber("6222000999999910000")
                .bankName("示例银行")
                .holderName("示例拉面馆"));
    data(sluice, business);
    String loan = drawAndRepay(sluice, line(sluice, business), account);
    Types.Clock arrived = clock.advance(new Types.AdvanceBody().until("maturity").payWhenDue(true));
    say("date", arrived.frozenDate());
    say("loan", sluice.getLoan(loan).status());
    Clocks.until(
        () -> HEARD.stream().map(Types.Event::type).collect(Collectors.toSet()),
        types -> types.containsAll(List.of("loan.paid_off", "test_clock.ready")));
    say("heard", HEARD.stream().map(Types.Event::type).distinct().sorted().collect(Collectors.joining(" ")));
    receiver.stop(0);
  }

  private static Settings settings() {
    Map<String, String> given = System.getenv();
    if (given.containsKey("PRIVATE_KEY")) {
      SigningKey key = SigningKey.ofPem(given.get("PRIVATE_KEY"), given.get("KEY_ID"));
      return Settings.withKey(given.get("SLUICE"), given.get("BANK"), given.get("CLIENT_ID"), key);
    }
    return Settings.withSecret(
        given.get("SLUICE"), given.get("BANK"), given.get("CLIENT_ID"), given.get("CLIENT_SECRET"));
  }

  /** Webhooks come here: verified first, believed afterwards. */
  private static HttpServer receiver() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          Map<String, String> headers = new HashMap<>();
          exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
          int status = 204;
          try {
            HEARD.add(Webhooks.verify(List.of(webhookKey), headers, exchange.getRequestBody().readAllBytes()));
          } catch (Webhooks.Refused refused) {
            status = 400;
          }
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static Types.Business business(Sluice sluice) {
    return sluice.introduceBusiness(
        new Types.BusinessBody()
            .externalId("start-1")
            .legalName("示例拉面馆")
            .registrationNo("92331002MA000Y5F4E")
            .industry("H6210")
            .areaCode("331002")
            .openedDate("2021-04-01")
            .representative(
                new Types.PersonBody().name("示例店主").idNumber("330106198808080004").phone("13900009999")));
  }

  private static void data(Sluice sluice, Types.Business business) {
    Types.Consent consent =
        sluice.recordConsent(
            new Types.ConsentBody()
                .business(business.id())
                .purpose("credit_assessment")
                .dataClasses(List.of("receipts"))
                .recipient("the bank")
                .textVersion("receipts-2026-10")
                .textSha256("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
                .expiresAt("2028-01-01T00:00:00Z")
                .evidence(Map.of("channel", "scene_page", "confirmed", true)));
    LocalDate today = LocalDate.parse(sluice.getBankStatus(sluice.bank()).businessDate());
    List<Shape> receipts = new ArrayList<>();
    for (int back = 200; back > 0; back--) {
      for (int sale = 0; sale < 5; sale++) {
        receipts.add(
            new Types.ReceiptBody()
                .receiptNo("S" + back + "-" + sale)
                .paidAt(today.minusDays(back) + "T1" + sale + ":00:00+08:00")
                .amount("292.00")
                .kind("sale")
                .payerRef(String.format("payer-%05d-%d", back, sale))
                .channel("merchant_code"));
      }
    }
    Types.SendBatchOfDataQuery under =
        new Types.SendBatchOfDataQuery().business(business.id()).consent(consent.id());
    say("rows", sluice.sendBatchOfData(under, receipts).rowsAccepted());
  }

  /** Apply, be decided on, let the merchant sign; return the credit line. */
  private static String line(Sluice sluice, Types.Business business) {
    Types.Application asked =
        sluice.submitApplication(
            new Types.ApplicationBody()
                .business(business.id())
                .product("receipts_revolving")
                .tenorDays(60L)
                .purpose("working_capital")
                .amount(yuan("20000.00")));
    Types.Application decided =
        Clocks.until(() -> sluice.getApplication(asked.id()), found -> !found.status().equals("submitted"));
    say("decision", decided.status());
    Types.Agreement agreement = sluice.prepareAgreement(asked.id());
    say("sign", agreement.signingUrl());
    return Clocks.until(() -> sluice.getAgreement(agreement.id()), found -> found.status().equals("signed"))
        .creditLine();
  }

  /** Draw under a key of our own, pay a part back; return the loan. */
  private static String drawAndRepay(Sluice sluice, String line, Types.BankAccount account) {
    Types.Drawdown drawn =
        sluice.drawDown(
            new Types.DrawdownBody()
                .creditLine(line)
                .bankAccount(account.id())
                .tenorDays(60L)
                .externalId("order-8841")
                .amount(yuan("5000.00")),
            "order-8841");
    String loan =
        Clocks.until(() -> sluice.getDrawdown(drawn.id()), found -> found.status().equals("paid_out")).loan();
    Types.Repayment part =
        sluice.collectRepayment(
            new Types.RepaymentBody()
                .loan(loan)
                .bankAccount(account.id())
                .type("partial_prepay")
                .amount(yuan("1000.00")));
    Clocks.until(() -> sluice.getRepayment(part.id()), found -> found.status().equals("succeeded"));
    say("owed", sluice.getLoan(loan).outstanding().principal().amount());
    return loan;
  }

  private static Types.PositiveMoney yuan(String amount) {
    return new Types.PositiveMoney().amount(amount).currency("CNY");
  }

  private static void say(String name, Object value) {
    System.out.println(name + ": " + value);
  }
}
