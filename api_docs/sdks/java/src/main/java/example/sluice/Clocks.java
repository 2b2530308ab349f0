package example.sluice;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting, and test clocks. */
public final class Clocks {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration LONG_PATIENCE = Duration.ofMinutes(10);
  private static final long BETWEEN_MILLISECONDS = 200;

  private Clocks() {}

  /** A test clock under way, and a client for its bank. */
  public record Running(Sluice scene, Sluice sluice, Types.Clock clock) {
    /** Move it and wait until it has arrived; a day that could not be ended is an error. */
    public Types.Clock advance(Types.AdvanceBody to) {
      return advanceAndWait(scene, clock.id(), to);
    }

    /** Take it away with its bank. */
    public void delete() {
      scene.deleteTestClock(clock.id());
    }
  }

  /** Begin a test clock: a bank of one's own. */
  public static Running begin(Sluice scene, Types.ClockBody body) {
    Types.Clock clock = scene.beginTestClock(body);
    return new Running(scene, scene.at(clock.bank()), clock);
  }

  public static Types.Clock advanceAndWait(Sluice sluice, String clockId, Types.AdvanceBody to) {
    sluice.advanceTestClock(clockId, to);
    Types.Clock clock =
        until(() -> sluice.getTestClock(clockId), found -> !found.status().equals("advancing"), LONG_PATIENCE);
    if (clock.status().equals("failed")) {
      throw new SluiceException(0, "clock_failed", clock.failure());
    }
    return clock;
  }

  /** Read until what is read is as wanted, for a minute. */
  public static <T> T until(Supplier<T> read, Predicate<T> isDone) {
    return until(read, isDone, PATIENCE);
  }

  public static <T> T until(Supplier<T> read, Predicate<T> isDone, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      T found = read.get();
      if (isDone.test(found)) {
        return found;
      }
      if (System.nanoTime() - end >= 0) {
        throw new SluiceException(0, "timeout", "not so within " + patience);
      }
      try {
        Thread.sleep(BETWEEN_MILLISECONDS);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new SluiceException(0, "interrupted", "the thread was interrupted");
      }
    }
  }
}
