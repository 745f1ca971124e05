#include "engine/job_reporter.h"

#include "runlog/execution_log.h"
#include "runlog/progress_json.h"

namespace batchmill::engine {

namespace {

constexpr auto kAtMostEvery = std::chrono::milliseconds(200);

}  // namespace

JobReporter::JobReporter(Loop& loop, Files& files, JobFolder job)
    : loop_(loop), files_(files), job_(std::move(job)) {
  (void)files_.make_folders(job_.root() + "/system_logs");
  (void)files_.make_folders(job_.root() + "/logs/azureml");
}

void JobReporter::publish(const std::function<JobProgress()>& progress, bool at_once) {
  const TimePoint now = loop_.now();
  if (!at_once && now - published_ < kAtMostEvery) return;
  published_ = now;
  const std::string text = runlog::to_json(progress());
  const std::string temporary = job_.progress() + ".tmp";
  (void)files_.remove(temporary);
  if (files_.append(temporary, text)) (void)files_.rename(temporary, job_.progress());
}

void JobReporter::event(JobEvent event) {
  event.time = loop_.wall_now();
  (void)files_.append(job_.events(), runlog::to_json_line(event));
}

void JobReporter::execution(const std::string& line) {
  (void)files_.append(job_.execution_log(),
                      runlog::execution_stamp(loop_.wall_now()) + line + "\n");
}

void JobReporter::log(const std::string& line) {
  (void)files_.append(job_.leader_log(), iso_micros(loop_.wall_now()) + " " + line + "\n");
}

}  // namespace batchmill::engine
