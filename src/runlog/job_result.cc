#include "runlog/job_result.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace batchmill::runlog {

namespace {

constexpr std::size_t kLookFirst = 3;
constexpr const char* kLabel = "{:<13} {}\n";

std::string short_seconds(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  return seconds < 10 ? fmt::format("{:.2f} s", seconds) : human_duration(duration);
}

std::string head(const StepResult& result) {
  std::string line = fmt::format("{} (job {}) {} exit {}", result.step, result.step_job,
                                 iso_seconds(result.ended), leader_exit_code(result.status));
  if (result.status == JobStatus::kCanceled && !result.canceled_by.empty()) {
    line += " by " + result.canceled_by;
  }
  if (result.status == JobStatus::kFailed && !result.reason.empty()) line += ": " + result.reason;
  return fmt::format(kLabel, name_of(result.status), line);
}

std::string figures(const StepResult& result) {
  const StepFigures& f = result.figures;
  std::string text;
  text += fmt::format(kLabel, "mini-batches",
                      fmt::format("{} total, {} succeeded, {} failed; {} tries", f.mini_batches,
                                  f.mini_batches_succeeded, f.mini_batches_failed, f.tries));
  text += fmt::format(
      kLabel, "items",
      fmt::format("{} total, {} succeeded, {} failed", f.items, f.items_succeeded, f.items_failed));
  text += fmt::format(kLabel, "rows",
                      result.rows_path.empty() ? fmt::format("{} returned, not appended", f.rows)
                                               : fmt::format("{} in {}", f.rows, result.rows_path));
  std::string times = human_duration(result.elapsed);
  if (f.init) times += "; init " + human_duration(*f.init);
  if (f.run_median && f.run_p95) {
    times += fmt::format("; run {} median, {} p95", short_seconds(*f.run_median),
                         short_seconds(*f.run_p95));
  }
  return text + fmt::format(kLabel, "time", times);
}

std::string settings(const std::vector<SettingUse>& all) {
  std::string text;
  for (const SettingUse& setting : all) {
    text += fmt::format(
        kLabel, text.empty() ? "settings" : "",
        fmt::format("{} {} ({})", setting.name, setting.value.empty() ? "none" : setting.value,
                    origin_text(setting)));
  }
  return text;
}

std::string warnings(const std::vector<std::string>& all) {
  if (all.empty()) return "";
  std::string text = "\nWarnings:\n";
  for (const std::string& warning : all) text += "- " + warning + "\n";
  return text;
}

std::string threshold_text(const SettingUse& threshold) {
  return fmt::format("{} {}, {}", threshold.name, threshold.value, origin_text(threshold));
}

// Those that are not switched off.
std::string counting_thresholds(const std::vector<SettingUse>& thresholds) {
  std::string text;
  for (const SettingUse& threshold : thresholds) {
    const bool percent = threshold.name == "allowed_failed_percent";
    if (threshold.value == (percent ? "100" : "-1")) continue;
    text += (text.empty() ? "" : "; ") + threshold_text(threshold);
  }
  return text;
}

}  // namespace

int leader_exit_code(JobStatus status) { return status == JobStatus::kCompleted ? 0 : 42; }

std::string job_result_text(const StepResult& result) {
  std::string text = head(result);
  if (result.status == JobStatus::kFailed && !result.failure.empty()) {
    text += "\n" + result.failure + "\n";
  }
  text += figures(result);
  text += settings(result.settings);
  if (result.status == JobStatus::kFailed && !result.look_first.empty()) {
    const auto shown = std::min(result.look_first.size(), kLookFirst);
    text += "\nlook first at:\n";
    for (std::size_t i = 0; i < shown; ++i) text += "  " + result.look_first[i] + "\n";
  }
  return text + warnings(result.warnings);
}

std::string failed_but_completed_warning(const FailedButCompleted& facts) {
  if (facts.failed == 0) return "";
  const double percent = 100.0 * static_cast<double>(facts.failed) /
                         static_cast<double>(std::max<std::uint64_t>(facts.total, 1));
  const std::string counting = counting_thresholds(facts.thresholds);
  const std::string usual =
      facts.thresholds.empty() ? "" : threshold_text(facts.thresholds.front());
  std::string text =
      fmt::format("{} is Completed although {} of {} mini-batches ({} %) failed: {}\n  ({})",
                  facts.step, facts.failed, facts.total,
                  percent < 1 ? fmt::format("{:.2g}", percent) : fmt::format("{:.0f}", percent),
                  counting.empty() ? "no threshold counts failures" : "no threshold is exceeded",
                  counting.empty() ? usual : counting);
  text += "; 'mini_batch_error_threshold: 0' would fail the job";
  if (!facts.most_frequent.empty()) {
    text += fmt::format("\n  most frequent: {} ({}); all: {}", facts.most_frequent,
                        facts.most_frequent_count, facts.log);
  }
  return text;
}

std::string misfit_warning(const std::string& step, const std::string& column, std::uint64_t values,
                           const std::string& type, const std::string& first_place) {
  return fmt::format("{}: column '{}': {} did not fit {} and became null; first: {}", step,
                     printable(column), values == 1 ? "1 value" : fmt::format("{} values", values),
                     type, printable(first_place));
}

}  // namespace batchmill::runlog
