#include "runlog/progress_overview.h"

#include <fmt/format.h>

namespace batchmill::runlog {

namespace {

constexpr std::int64_t kEveryMicros = 10'000'000;
constexpr std::int64_t kDayMicros = 86'400'000'000;

Duration seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

std::string remaining(const StepProgress& step) {
  if (!step.left_s) return "";
  return fmt::format(" Estimated remaining time: {:.0f} to {:.0f} s.", step.left_s->low,
                     step.left_s->high);
}

}  // namespace

std::string overview_started(NodeId node) {
  return fmt::format("The progress overviewer started on node {}.", node.value);
}

std::string overview_setting(const SettingUse& setting) {
  const std::string origin = origin_name(setting.origin);
  const std::string place = origin_text(setting);
  return fmt::format("Setting {}: {} ({})", setting.name,
                     setting.value.empty() ? "none" : setting.value,
                     place == origin ? origin : origin + ", " + place);
}

std::string overview_scheduled(std::uint64_t mini_batches, std::uint64_t items, Duration elapsed) {
  std::string line = fmt::format("Scheduling finished: {} mini-batches", mini_batches);
  if (items != 0) line += fmt::format(" of {} items", items);
  return line + fmt::format(" in {}.", human_duration(elapsed));
}

std::string overview_progress(const StepProgress& step) {
  if (step.phase == "merging") {
    return fmt::format("Concatenating rows: {:.0f} %.", step.merged_fraction * 100);
  }
  if (step.phase == "listing" && step.mini_batches.done == 0) {
    return fmt::format("Scheduling: {} mini-batches so far.", step.mini_batches.total);
  }
  if (step.phase != "running" && step.phase != "listing" && step.phase != "starting workers") {
    return "";
  }
  if (step.mini_batches.done == 0) {
    return fmt::format("No mini-batch has been processed yet; {} of {} workers are busy, after {}.",
                       step.busy, step.ready, human_duration(seconds(step.elapsed_s)));
  }
  return fmt::format("Processed {} of {}{} mini-batches ({} failed) in {}.{}",
                     step.mini_batches.done, step.mini_batches.total,
                     step.mini_batches.total_known ? "" : "+", step.mini_batches.failed,
                     human_duration(seconds(step.elapsed_s)), remaining(step));
}

std::string overview_result(JobStatus status, const std::string& reason) {
  return reason.empty() ? fmt::format("The step is {}.", name_of(status))
                        : fmt::format("The step is {}: {}", name_of(status), reason);
}

ProgressOverview::ProgressOverview(Files& files, LogTree tree, WallTime now)
    : files_(files), tree_(std::move(tree)), opened_(now), last_progress_(now) {}

void ProgressOverview::write(WallTime now, const std::string& line) {
  if (now.micros / kDayMicros != opened_.micros / kDayMicros) {
    opened_ = now;
    for (const std::string& head : head_) append(now, head);
  }
  append(now, line);
}

void ProgressOverview::set_head(WallTime now, std::vector<std::string> lines) {
  head_ = std::move(lines);
  for (const std::string& line : head_) append(now, line);
}

void ProgressOverview::append(WallTime now, const std::string& line) {
  const auto written =
      files_.append(tree_.progress_overview(opened_), iso_micros(now) + " " + line + "\n");
  if (state_ && !written) state_ = written;
}

std::string ProgressOverview::progress(WallTime now, const StepProgress& step) {
  if (now.micros - last_progress_.micros < kEveryMicros) return "";
  std::string line = overview_progress(step);
  if (line.empty()) return line;
  last_progress_ = now;
  write(now, line);
  return line;
}

}  // namespace batchmill::runlog
