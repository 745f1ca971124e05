#include "runlog/error_record.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runlog/error_record_json.h"

namespace batchmill::runlog {

namespace {

// Code and message by the status alone.
ErrorRecord bare_record(const AttemptRecord& attempt) {
  ErrorRecord record;
  const Outcome& outcome = attempt.outcome;
  switch (outcome.status) {
    case AttemptStatus::kRunShort:
      record.code = 906;
      record.raised.message = fmt::format("run returned {} result{} for {} item{}",
                                          outcome.succeeded, outcome.succeeded == 1 ? "" : "s",
                                          outcome.total, outcome.total == 1 ? "" : "s");
      break;
    case AttemptStatus::kRunTimeout:
      record.code = 908;
      record.raised.message = fmt::format("still running after {}", human_duration(outcome.run));
      break;
    case AttemptStatus::kLoadTimeout:
      record.code = 909;
      record.raised.message = fmt::format("not loaded after {}", human_duration(outcome.elapsed));
      break;
    case AttemptStatus::kLoadException:
      record.code = 913;
      record.raised.message = "the mini-batch could not be loaded";
      break;
    case AttemptStatus::kProcessCrashed:
      record.code = 910;
      record.raised.message = "the process crashed";
      break;
    case AttemptStatus::kNodeLost:
      record.code = 922;
      record.raised.message = fmt::format("node {} is lost", attempt.worker.node.value);
      break;
    case AttemptStatus::kCanceled:
      record.raised.message = "canceled";
      break;
    case AttemptStatus::kRunException:
    case AttemptStatus::kRunDone:
      record.raised.message = "run failed without saying why";
      break;
  }
  return record;
}

}  // namespace

ErrorRecord parse_error_record(const std::string& text) {
  try {
    return error_record_from(nlohmann::ordered_json::parse(text));
  } catch (const nlohmann::ordered_json::exception&) {
    ErrorRecord record;
    record.raised.message = text;
    return record;
  }
}

std::string to_json(const ErrorRecord& record) {
  return error_record_json(record).dump(-1, ' ', false,
                                        nlohmann::ordered_json::error_handler_t::replace);
}

ErrorRecord error_record_of(const AttemptRecord& attempt) {
  ErrorRecord record = attempt.outcome.error.empty() ? bare_record(attempt)
                                                     : parse_error_record(attempt.outcome.error);
  record.mini_batch = attempt.id.mini_batch.value;
  return record;
}

}  // namespace batchmill::runlog
