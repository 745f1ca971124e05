#include "cli/progress_view.h"

#include "cli/plain_progress.h"
#include "fakes/fake_terminal.h"

namespace batchmill::cli {
namespace {

FrameState running_state(std::uint64_t done) {
  FrameState state;
  state.job = "digits_7";
  StepProgress step;
  step.step = "score";
  step.kind = "parallel";
  step.status = JobStatus::kRunning;
  step.phase = "running";
  step.mini_batches = {done, 2, 400, true};
  step.items = {done * 5, 5, 2000, true};
  step.rate = 2.4;
  step.left_s = SecondsRange{55, 80};
  state.progress.steps = {step};
  return state;
}

class PlainTest : public testing::Test {
 protected:
  // Updates every 100 ms; the figures change if `moving`.
  void run(Duration duration, bool moving) {
    for (Duration passed{}; passed < duration; passed += std::chrono::milliseconds(100)) {
      if (moving) ++done_;
      FrameState state = running_state(done_);
      state.progress.time = clock.wall_now();
      view.update(state, moving);
      clock.advance(std::chrono::milliseconds(100));
    }
  }
  fakes::FakeClock clock;
  std::vector<std::string> lines;
  PlainProgress view{clock, [this](const std::string& line) { lines.push_back(line); }};

 private:
  std::uint64_t done_ = 0;
};

TEST_F(PlainTest, EveryFiveSecondsForAMinute) {
  run(std::chrono::seconds(61), true);
  EXPECT_EQ(lines.size(), 12U);
}

TEST_F(PlainTest, ThenEveryThirtySecondsWhileThingsChange) {
  run(std::chrono::seconds(61), true);
  lines.clear();
  run(std::chrono::seconds(120), true);
  EXPECT_EQ(lines.size(), 4U);
}

TEST_F(PlainTest, ThenEveryFiveMinutesWhileNothingDoes) {
  run(std::chrono::seconds(61), true);
  run(std::chrono::seconds(30), false);
  lines.clear();
  run(std::chrono::minutes(20), false);
  EXPECT_EQ(lines.size(), 4U);
}

TEST_F(PlainTest, AtEachNewStatus) {
  FrameState state = running_state(1);
  view.update(state, true);
  state.progress.steps[0].status = JobStatus::kFinalizing;
  view.update(state, true);
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(PlainTest, SaysThatItWaitsForTheLeader) {
  FrameState state;
  state.job = "digits_7";
  for (int i = 0; i < 200; ++i) {
    view.update(state, false);
    clock.advance(std::chrono::milliseconds(100));
  }
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], "2026-01-12T09:13:45Z digits_7: waiting for its leader");
}

TEST(PlainLine, HasTheFiguresInWords) {
  EXPECT_EQ(plain_line(running_state(240).progress.steps[0], {}),
            "score: 240/400 mini-batches, 1200/2000 items, failed 2/5, 2.4/s, 55-80 s left");
  StepProgress command;
  command.step = "train";
  command.kind = "command";
  command.phase = "command";
  command.phase_since_s = 12;
  EXPECT_EQ(plain_line(command, {}), "train: command 12 s");
}

class LiveTest : public testing::Test {
 protected:
  LiveTest() {
    terminal.is_terminal = true;
    terminal.width = 80;
    DisplayCaps caps;
    caps.progress = ProgressMode::kLive;
    caps.width = 80;
    console.emplace(terminal, caps, false);
    view = make_progress_view(*console, clock, [](const std::string&) {});
  }
  void update(std::uint64_t done, Duration after) {
    clock.advance(after);
    view->update(running_state(done), true);
  }
  fakes::FakeClock clock;
  fakes::FakeTerminal terminal{clock};
  std::optional<Console> console;
  std::unique_ptr<ProgressView> view;
};

TEST_F(LiveTest, TheFirstFrameComesAfterHalfASecond) {
  update(1, std::chrono::milliseconds(400));
  EXPECT_EQ(terminal.err, "");
  update(1, std::chrono::milliseconds(101));
  EXPECT_THAT(terminal.err, testing::HasSubstr("1/400"));
}

TEST_F(LiveTest, AtMostTenFramesASecondEachInOneWrite) {
  update(1, std::chrono::seconds(1));
  for (int i = 0; i < 1000; ++i)
    update(2 + static_cast<std::uint64_t>(i), std::chrono::milliseconds(1));
  EXPECT_LE(terminal.err_writes, 11);
  EXPECT_GE(terminal.err_writes, 9);
}

TEST_F(LiveTest, AnEqualFrameIsNotDrawnAgain) {
  update(1, std::chrono::seconds(1));
  update(1, std::chrono::seconds(1));
  EXPECT_EQ(terminal.err_writes, 1);
}

TEST_F(LiveTest, AFrameIsDrawnOverTheFormerOne) {
  update(1, std::chrono::seconds(1));
  terminal.err.clear();
  update(2, std::chrono::seconds(1));
  EXPECT_TRUE(terminal.err.starts_with("\r\033[2A\033[J")) << terminal.err;
}

TEST_F(LiveTest, ClearingTakesTheFrameAwayAndTheNextIsDrawnAtOnce) {
  update(1, std::chrono::seconds(1));
  terminal.err.clear();
  view->clear();
  EXPECT_EQ(terminal.err, "\r\033[2A\033[J");
  view->clear();
  EXPECT_EQ(terminal.err, "\r\033[2A\033[J");
  update(1, std::chrono::milliseconds(1));
  EXPECT_THAT(terminal.err, testing::HasSubstr("1/400"));
}

TEST_F(LiveTest, AfterAResizeTheOldLinesAreCountedAsTheyWrapNow) {
  update(1, std::chrono::seconds(1));
  terminal.err.clear();
  terminal.width = 30;  // two lines of 79 columns take three rows each
  view->resized();
  EXPECT_EQ(terminal.err, "\r\033[6A\033[J");
}

TEST_F(LiveTest, ATerminalThatWouldBlockIsLeftAlone) {
  terminal.blocked = true;
  update(1, std::chrono::seconds(1));
  EXPECT_EQ(terminal.err, "");
  view->clear();
  EXPECT_EQ(terminal.err, "");
}

TEST_F(LiveTest, NothingButMovesAndErasureIsSent) {
  update(1, std::chrono::seconds(1));
  update(2, std::chrono::seconds(1));
  for (std::size_t at = terminal.err.find('\033'); at != std::string::npos;
       at = terminal.err.find('\033', at + 1)) {
    const char last = terminal.err[terminal.err.find_first_not_of("[0123456789;", at + 1)];
    EXPECT_TRUE(last == 'A' || last == 'J' || last == 'm') << last;
  }
}

}  // namespace
}  // namespace batchmill::cli
