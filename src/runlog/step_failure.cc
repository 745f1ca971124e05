#include "runlog/step_failure.h"

#include <algorithm>

#include <fmt/format.h>

#include "runlog/failure_text.h"

namespace batchmill::runlog {

namespace {

constexpr int kThreshold = 917;

std::string indented(const std::vector<std::string>& lines, std::string_view indent) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("{}{}\n", indent, line);
  return text;
}

void lead_with(StepFailure& failure, const ErrorRecord& record) {
  failure.code = record.code;
  failure.message = failure_line(record);
  failure.place = record.raised.place;
}

}  // namespace

StepFailure describe_failure(const FailureCause& cause, const FailureGroups* groups,
                             std::size_t shown) {
  StepFailure failure;
  failure.job = cause.job;
  failure.step = cause.step;
  failure.pipeline = cause.pipeline;
  failure.log = cause.log;
  failure.cause = cause.cause;
  if (groups != nullptr) {
    const auto sorted = groups->sorted();
    for (std::size_t i = 0; i < std::min(shown, sorted.size()); ++i) {
      failure.groups.push_back(*sorted[i]);
    }
    failure.rest = groups->rest_after(shown);
  }
  // The cause comes first: the script's own line, then which line that crossed.
  const bool counts_failures = cause.stop && cause.stop->code == kThreshold;
  if (cause.cause) {
    lead_with(failure, *cause.cause);
  } else if (counts_failures && !failure.groups.empty()) {
    lead_with(failure, failure.groups.front().sample);
  }
  if (!cause.stop) return failure;
  failure.stopped_by = cause.stop->stopped_by;
  failure.help = cause.stop->help;
  if (failure.message.empty()) {
    failure.code = cause.stop->code;
    failure.message = cause.stop->text;
  } else {
    failure.stopped = cause.stop->text;
  }
  return failure;
}

std::string code_name(int code) { return fmt::format("BM{:03}", code); }

std::string failure_groups_text(const StepFailure& failure) {
  std::string text;
  for (std::size_t i = 0; i < failure.groups.size(); ++i) {
    const std::string number = fmt::format("{}. ", i + 1);
    text += fmt::format("  {}{}\n", number, group_headline(failure.groups[i]));
    text +=
        indented(failure_details(failure.groups[i].sample), std::string(number.size() + 2, ' '));
  }
  if (const std::string rest = rest_line(failure.rest); !rest.empty()) text += "  " + rest + "\n";
  return text;
}

namespace {

// What the block says of the cause: all but a message that its first line has said already.
std::vector<std::string> details_beyond(const StepFailure& failure) {
  std::vector<std::string> lines = failure_details(*failure.cause);
  if (!lines.empty() && lines.front() == failure.message) lines.erase(lines.begin());
  return lines;
}

// How to see the failure happen in the foreground: the mini-batch of the first group, or init().
std::string try_line(const StepFailure& failure) {
  if (failure.pipeline.empty() || (failure.groups.empty() && !failure.cause)) return "";
  std::string line =
      fmt::format("  try:    batchmill job try -f {} --step {}", failure.pipeline, failure.step);
  if (!failure.groups.empty()) {
    line += fmt::format(" --mini-batch {}", failure.groups.front().first_mini_batch);
  }
  return line + "\n";
}

// `job resume` runs the code that failed; after a fix, a new job keeps what there is.
std::string fixed_line(const StepFailure& failure) {
  if (try_line(failure).empty() || failure.job.empty()) return "";
  return fmt::format("  fixed:  batchmill job create -f {} --resume-from {} --accept-new-code\n",
                     failure.pipeline, failure.job);
}

}  // namespace

std::string failure_block(const StepFailure& failure, std::string_view head) {
  std::string text = fmt::format("{}: {}: {}\n", head, failure.step, failure.message);
  if (!failure.stopped.empty()) text += fmt::format("  stopped: {}\n", failure.stopped);
  if (!failure.help.empty()) text += fmt::format("  help:    {}\n", failure.help);
  text += "\n";
  if (failure.cause) text += indented(details_beyond(failure), "     ");
  text += failure_groups_text(failure);
  if (failure.cause || !failure.groups.empty()) text += "\n";
  if (!failure.log.empty()) text += fmt::format("  all:    {}\n", failure.log);
  text += try_line(failure);
  if (!failure.job.empty())
    text += fmt::format("  resume: batchmill job resume -n {}\n", failure.job);
  text += fixed_line(failure);
  return text;
}

}  // namespace batchmill::runlog
