#include "cli/stream_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/progress_words.h"
#include "model/catalogue.h"
#include "runlog/step_failure.h"

namespace batchmill::cli {

namespace {

std::string plural(std::uint64_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string counted(const Count& count, const char* word, const char* plural_word) {
  std::string text = fmt::format("{} {}", count.total, count.total == 1 ? word : plural_word);
  if (count.failed > 0) text += fmt::format(", {} failed", count.failed);
  return text;
}

std::string mark(JobStatus status, bool unicode) {
  if (status == JobStatus::kCompleted) return unicode ? "✓" : "ok";
  if (status == JobStatus::kFailed) return unicode ? "✗" : "FAIL";
  return "-";
}

}  // namespace

std::string log_header(const std::string& file) {
  const std::string title = "Streaming " + file;
  return "\n" + title + "\n" + std::string(file.size() + 10, '=') + "\n\n";
}

std::string step_end_line(const JobEvent& event, bool unicode, bool colour) {
  const JobStatus status = job_status_from(event.status).value_or(JobStatus::kNotResponding);
  std::string sign = mark(status, unicode);
  if (colour) {
    const char* code = status == JobStatus::kCompleted ? "32"
                       : status == JobStatus::kFailed  ? "31"
                                                       : "33";
    sign = fmt::format("\033[{}m{}\033[0m", code, sign);
  }
  std::string line = fmt::format("{} {}  {}", sign, event.step, event.status);
  if (event.elapsed_s > 0) line += " in " + seconds_text(event.elapsed_s);
  if (event.mini_batches) {
    line += ": " + counted(*event.mini_batches, "mini-batch", "mini-batches");
    if (event.items) line += "; " + counted(*event.items, "item", "items");
    line += "; " + plural(event.rows, "row");
  }
  if (!event.reason.empty() && status != JobStatus::kCompleted) line += ": " + event.reason;
  return line;
}

std::string stopped_watching(const std::string& job, const JobProgress& progress) {
  std::uint64_t done = 0, total = 0;
  bool known = false;
  std::size_t steps_done = 0;
  for (const StepProgress& step : progress.steps) {
    steps_done += is_terminal(step.status) ? 1 : 0;
    if (step.kind != "parallel" || is_terminal(step.status) ||
        step.status == JobStatus::kNotStarted) {
      continue;
    }
    done += step.mini_batches.done;
    total += step.mini_batches.total;
    known = true;
  }
  std::string text = "Stopped watching. " + job + " goes on";
  if (known) {
    text += fmt::format(": {} of {} mini-batches done", done, total);
  } else if (!progress.steps.empty()) {
    text += fmt::format(": {} of {} done", steps_done, plural(progress.steps.size(), "step"));
  }
  return text + ".\n  watch again: batchmill job stream -n " + job +
         "\n  cancel:      batchmill job cancel -n " + job + "\n";
}

std::string execution_summary(const std::string& job, JobStatus status,
                              const std::vector<std::string>& warnings) {
  std::string text = "\nExecution Summary\n=================\nRunId: " + job + "\n";
  text += std::string("Status: ") + name_of(status) + "\n";
  if (warnings.empty()) return text;
  text += "\nWarnings:\n";
  for (const std::string& warning : warnings) {
    std::string_view before = "- ";
    for (const std::string_view line : split(warning, '\n')) {
      text.append(before).append(line).append("\n");
      before = "";  // further lines bring their own indentation
    }
  }
  return text;
}

std::vector<std::string> all_warnings(const std::string& step, const JobRecord& record,
                                      const std::vector<std::string>& of_run) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& text) {
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
  };
  for (const std::string& notice : step.empty() ? record.notices : std::vector<std::string>{}) {
    const std::size_t colon = notice.find(": ");
    if (colon == std::string::npos) continue;
    const int code = code_from(notice.substr(0, colon));
    const CatalogueEntry* entry = find_entry(code);
    const bool repeated = entry != nullptr && entry->level == Level::kWarning && code < 100;
    if (repeated) add(notice.substr(colon + 2));
  }
  for (const std::string& warning : of_run) add(warning);
  return all;
}

std::string failure_text(const JobRecord& record, const std::string& step) {
  std::string text;
  for (const StepRecord& failed : record.steps) {
    if (failed.status != JobStatus::kFailed || (!step.empty() && failed.step != step)) continue;
    if (!text.empty()) text += "\n";
    if (const auto failure = runlog::step_failure_from_json(failed.error)) {
      text += runlog::failure_block(*failure, "ERROR");
    } else {
      text += "ERROR: " + failed.step + ": " +
              (failed.reason.empty() ? std::string("failed") : failed.reason) + "\n";
    }
  }
  if (text.empty() && record.status == JobStatus::kFailed) {
    text = "ERROR: " + record.name + ": " +
           (record.reason.empty() ? std::string("failed") : record.reason) + "\n";
  }
  return text;
}

}  // namespace batchmill::cli
