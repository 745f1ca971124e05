#include "engine/failure_watch.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "model/catalogue.h"
#include "runlog/error_record.h"
#include "runlog/failure_text.h"
#include "runlog/job_result.h"

namespace batchmill::engine {

namespace {

using nlohmann::json;

bool is_warning(int code) {
  const CatalogueEntry* entry = find_entry(code);
  return entry != nullptr && entry->level == Level::kWarning;
}

}  // namespace

std::optional<JobEvent> FailureWatch::first_of_its_kind(const AttemptRecord& attempt,
                                                        std::uint32_t tries) {
  if (!groups_.add(attempt)) return std::nullopt;
  JobEvent event;
  event.type = "failure";
  event.mini_batch = attempt.id.mini_batch.value;
  event.attempt = attempt.id.number;
  event.attempts = tries;
  event.text = runlog::new_failure_line(runlog::error_record_of(attempt), event.mini_batch,
                                        event.attempt, tries);
  return event;
}

bool MisfitCounts::add(const std::string& notice) {
  const json values = json::parse(notice, nullptr, false);
  if (!values.is_object() || values.value("kind", "") != "misfit") return false;
  Misfits& misfits = columns_[values.value("column", "")];
  const bool is_new =
      misfits.mini_batches.insert(values.value("mini_batch", std::uint64_t{0})).second;
  if (!is_new) return true;
  if (misfits.count == 0) {
    misfits.type = values.value("type", "the column's type");
    misfits.place = fmt::format("{}:{}", values.value("file", ""), values.value("line", 0));
  }
  misfits.count += values.value("count", std::uint64_t{0});
  return true;
}

std::vector<std::string> MisfitCounts::warnings(const std::string& step) const {
  std::vector<std::string> lines;
  for (const auto& [column, misfits] : columns_) {
    lines.push_back(
        runlog::misfit_warning(step, column, misfits.count, misfits.type, misfits.place));
  }
  return lines;
}

JobEvent notice_event(const std::string& step, const std::string& notice) {
  const json values = json::parse(notice, nullptr, false);
  JobEvent event;
  event.type = "notice";
  event.level = "notice";
  event.step = step;
  if (!values.is_object()) {
    event.text = step + ": " + notice;
  } else if (values.value("kind", "") == "shutdown") {
    event.level = "warning";
    event.text = step + ": shutdown() failed: " +
                 runlog::failure_line(runlog::parse_error_record(values["error"].dump()));
  } else {
    event.code = values.value("code", 0);
    event.text = step + ": " + values.value("text", "");
    if (is_warning(event.code)) event.level = "warning";
  }
  return event;
}

}  // namespace batchmill::engine
