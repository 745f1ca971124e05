#include "runlog/progress_json.h"

namespace batchmill::runlog {
namespace {

constexpr std::int64_t kTime = 1'768'209'220'000'000;  // 2026-01-12T09:13:40Z

JobProgress sample() {
  StepProgress score;
  score.step = "score";
  score.kind = "parallel";
  score.status = JobStatus::kRunning;
  score.phase = "running";
  score.phase_since_s = 12;
  score.elapsed_s = 31.24;
  score.mini_batches = {240, 2, 400, true};
  score.items = {1195, 5, 2000, true};
  score.retried = 9;
  score.rate = 2.4;
  score.busy = 16;
  score.ready = 16;
  score.left_s = SecondsRange{55.2, 79.8};
  score.running = {{"node 0 process003", 241, 3.2}};
  StepProgress report;
  report.step = "report";
  report.kind = "command";
  report.reason = "waits";
  JobProgress progress;
  progress.time = WallTime{kTime};
  progress.job = "digits_7";
  progress.status = JobStatus::kRunning;
  progress.steps = {score, report};
  return progress;
}

TEST(ProgressJson, IsAsTheDocumentSays) {
  EXPECT_EQ(
      to_json(sample()),
      R"({"version":1,"time":"2026-01-12T09:13:40Z","job":"digits_7","status":"Running","steps":[)"
      R"({"step":"score","kind":"parallel","status":"Running","phase":"running","phase_since_s":12.0,)"
      R"("elapsed_s":31.2,"reason":"","mini_batches":{"done":240,"failed":2,"total":400,"total_known":true},)"
      R"("items":{"done":1195,"failed":5,"total":2000,"total_known":true},"retried":9,"rate":2.4,)"
      R"("busy":16,"ready":16,"left_s":[55,80],"running":[)"
      R"({"worker":"node 0 process003","mini_batch":241,"seconds":3.2}]},)"
      R"({"step":"report","kind":"command","status":"NotStarted","phase":"waiting","phase_since_s":0.0,)"
      R"("elapsed_s":0.0,"reason":"waits"}]})"
      "\n");
}

TEST(ProgressJson, ComesBack) {
  const auto read = progress_from_json(to_json(sample()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(sample()));
  EXPECT_EQ(read->time, WallTime{kTime});
  JobProgress merging = sample();
  merging.steps[0].left_s.reset();
  merging.steps[0].merged_fraction = 0.64;
  const auto again = progress_from_json(to_json(merging));
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->steps[0].left_s);
  EXPECT_DOUBLE_EQ(again->steps[0].merged_fraction, 0.64);
}

TEST(ProgressJson, WhatIsBrokenOrNewerIsNamed) {
  for (const char* text : {"", "{", "[]", "{}", R"({"version": 2, "steps": []})",
                           R"({"version": 1})", R"({"version": 1, "steps": [{"step": 3}]})",
                           R"({"version": 1, "steps": [{"left_s": [1]}]})"}) {
    const auto read = progress_from_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::kProtocol);
    EXPECT_THAT(read.error().message, testing::StartsWith("progress.json"));
  }
}

TEST(EventJson, HoldsWhatItsTypeSays) {
  JobEvent event;
  event.time = WallTime{kTime};
  event.type = "failure";
  event.step = "score";
  event.text = "score.py:31 in run: E: \xFF";
  event.mini_batch = 17;
  event.attempt = 1;
  event.attempts = 3;
  EXPECT_EQ(to_json_line(event),
            R"({"time":"2026-01-12T09:13:40Z","type":"failure","step":"score",)"
            "\"text\":\"score.py:31 in run: E: "
            "\xEF\xBF\xBD\",\"mini_batch\":17,\"try\":1,\"tries\":3}\n");
  JobEvent end;
  end.type = "step_status";
  end.step = "score";
  end.status = "Completed";
  end.elapsed_s = 166.04;
  end.mini_batches = Count{400, 68, 400, true};
  end.items = Count{2000, 340, 2000, true};
  end.rows = 1660;
  EXPECT_EQ(
      to_json_line(end),
      R"({"time":"1970-01-01T00:00:00Z","type":"step_status","step":"score","status":"Completed",)"
      R"("elapsed_s":166.0,"mini_batches":{"done":400,"failed":68,"total":400,"total_known":true},)"
      R"("rows":1660,"items":{"done":2000,"failed":340,"total":2000,"total_known":true}})"
      "\n");
}

TEST(EventJson, ComesBack) {
  JobEvent event;
  event.time = WallTime{kTime};
  event.type = "notice";
  event.step = "score";
  event.code = 922;
  event.level = "warning";
  event.text = "two\nlines";
  event.help = "h";
  const auto read = event_from_json(to_json_line(event));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json_line(*read), to_json_line(event));
  EXPECT_EQ(read->code, 922);
  EXPECT_EQ(event_from_json("{\"type\": 4}").error().kind, ErrorKind::kProtocol);
}

TEST(StepProgressJson, IsOneLineForOtherPrograms) {
  const JobProgress progress = sample();
  EXPECT_EQ(
      step_progress_json(progress, progress.steps[0]),
      R"({"time":"2026-01-12T09:13:40Z","job":"digits_7","step":"score","status":"Running",)"
      R"("phase":"running","mini_batches":{"done":240,"failed":2,"total":400,"total_known":true},)"
      R"("items":{"done":1195,"failed":5,"total":2000,"total_known":true},"retried":9,"rate":2.4,)"
      R"("left_s":[55,80]})");
}

}  // namespace
}  // namespace batchmill::runlog
