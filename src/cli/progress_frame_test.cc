#include "cli/progress_frame.h"

#include "base/text.h"

namespace batchmill::cli {
namespace {

constexpr WallTime kNow{1'768'209'220'000'000};

StepProgress running_step() {
  StepProgress step;
  step.step = "score";
  step.kind = "parallel";
  step.status = JobStatus::kRunning;
  step.phase = "running";
  step.mini_batches = {240, 2, 400, true};
  step.items = {1195, 5, 2000, true};
  step.retried = 9;
  step.rate = 2.4;
  step.busy = 16;
  step.ready = 16;
  step.left_s = SecondsRange{55, 80};
  return step;
}

StepProgress step_of(const char* name, JobStatus status, const char* phase) {
  StepProgress step;
  step.step = name;
  step.kind = "command";
  step.status = status;
  step.phase = phase;
  return step;
}

FrameState one_step() {
  FrameState state;
  state.job = "digits_7";
  state.started = {kNow.micros - 72'000'000};
  state.progress.time = kNow;
  state.progress.steps = {running_step()};
  return state;
}

FrameState six_steps() {
  FrameState state = one_step();
  StepProgress listing = step_of("report", JobStatus::kRunning, "listing");
  listing.kind = "parallel";
  listing.items.total = 41'200;
  listing.mini_batches.total = 4'120;
  state.progress.steps = {step_of("train", JobStatus::kCompleted, "done"),
                          running_step(),
                          listing,
                          step_of("a", JobStatus::kNotStarted, "waiting"),
                          step_of("b", JobStatus::kNotStarted, "waiting"),
                          step_of("c", JobStatus::kNotStarted, "waiting")};
  return state;
}

DisplayCaps caps(std::size_t width, bool unicode = true, std::size_t height = 24) {
  DisplayCaps caps;
  caps.width = width;
  caps.height = height;
  caps.unicode = unicode;
  return caps;
}

std::string drawn(const FrameState& state, const DisplayCaps& c) {
  std::string text;
  for (const std::string& line : frame(state, kNow, c)) text += line + "\n";
  return text;
}

TEST(Frame, OneStepAt80Columns) {
  EXPECT_EQ(drawn(one_step(), caps(80)),
            "step                               batches        items  failed     /s     left\n"
            "score         ━━━━━━────  60%      240/400    1195/2000     2/5    2.4  55-80 s\n");
}

TEST(Frame, SeveralStepsAt120ColumnsWithoutUnicode) {
  EXPECT_EQ(
      drawn(six_steps(), caps(120, false)),
      "step                                                batches        items   failed  retried  "
      "     /s    busy        left\n"
      "score                ############--------  60%      240/400    1195/2000      2/5        9  "
      "    2.4   16/16     55-80 s\n"
      "report               listing: 41200 items, 4120 batches so far\n"
      "digits_7: 1 of 6 steps done, 2 running, 3 waiting, 1 min 12 s   Ctrl-C stops watching, not "
      "the job\n");
}

TEST(Frame, Below80ColumnsThereAreNoItems) {
  EXPECT_EQ(drawn(one_step(), caps(79)),
            "step                               batches  failed     /s     left\n"
            "score         ━━━━━━────  60%      240/400     2/5    2.4  55-80 s\n");
  EXPECT_EQ(drawn(one_step(), caps(60)),
            "step                    batches  failed     /s     left\n"
            "score          60%      240/400     2/5    2.4  55-80 s\n");
}

TEST(Frame, Below50ColumnsAStepIsAFewWords) {
  EXPECT_EQ(drawn(one_step(), caps(40)), "score 60% 240/400 2 failed\n");
}

TEST(Frame, SeveralStepsAt40Columns) {
  EXPECT_EQ(drawn(six_steps(), caps(40)),
            "score 60% 240/400 2 failed\n"
            "report listing: 41200 items, 4120 batch\n"
            "digits_7: 1 of 6 steps done, 2 running,\n");
}

TEST(Frame, ANewJobSaysWhatItWaitsFor) {
  FrameState state;
  state.job = "digits_7";
  EXPECT_EQ(drawn(state, caps(80)), "digits_7: waiting for its leader\n");
}

TEST(Frame, LongNamesEndInDots) {
  FrameState state = one_step();
  state.progress.steps[0].step = "a_very_long_step_name";
  EXPECT_THAT(drawn(state, caps(80)), testing::HasSubstr("\na_very_long.. ━"));
}

TEST(Frame, ManyStepsAreFolded) {
  FrameState state = one_step();
  for (int i = 0; i < 21; ++i) state.progress.steps.push_back(running_step());
  const auto lines = frame(state, kNow, caps(80));
  ASSERT_EQ(lines.size(), 1U + 8 + 1 + 1);
  EXPECT_EQ(lines[9], "... and 14 more");
  EXPECT_LE(frame(state, kNow, caps(80, true, 10)).size(), 9U);
  EXPECT_LE(frame(state, kNow, caps(80, true, 3)).size(), 4U);
}

TEST(Frame, SecondsGoOnBetweenReports) {
  FrameState state = one_step();
  state.progress.steps = {step_of("train", JobStatus::kRunning, "command")};
  state.progress.steps[0].phase_since_s = 10;
  state.progress.time = {kNow.micros - 2'500'000};
  EXPECT_EQ(drawn(state, caps(80)), "train         command 12 s\n");
}

TEST(Frame, NoLineIsTooWideAndColumnsNeverMove) {
  FrameState state = six_steps();
  state.progress.steps[1].mini_batches = {123'456'789, 99'999, 999'999'999, false};
  state.progress.steps[1].items = {123'456'789, 99'999, 999'999'999, false};
  state.progress.steps[1].rate = 123'456;
  state.progress.steps[1].busy = 1600;
  state.progress.steps[1].ready = 1600;
  state.progress.steps[1].step = "日本語の長い名前のステップ";
  for (std::size_t width = 1; width <= 200; ++width) {
    for (const bool unicode : {false, true}) {
      const auto lines = frame(state, kNow, caps(width, unicode));
      for (const std::string& line : lines) {
        EXPECT_LE(display_width(line), std::max<std::size_t>(width - 1, 1))
            << width << ": " << line;
      }
      if (width >= 50) {
        EXPECT_EQ(display_width(lines[0]), display_width(lines[1])) << width;
      }
    }
  }
}

TEST(Frame, ColourIsNeverTheOnlySign) {
  DisplayCaps coloured = caps(80);
  coloured.colour_err = true;
  std::string plain;
  const std::string text = drawn(one_step(), coloured);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      i = text.find('m', i);
    } else {
      plain += text[i];
    }
  }
  EXPECT_NE(text, plain);
  EXPECT_EQ(plain, drawn(one_step(), caps(80)));
}

}  // namespace
}  // namespace batchmill::cli
