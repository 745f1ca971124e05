#include "runlog/system_errors.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runlog/csv_text.h"
#include "runlog/error_record.h"

namespace batchmill::runlog {

namespace {

constexpr std::size_t kMostPending = std::size_t{1} << 20;

const char* method_of(AttemptStatus status) {
  const bool loading =
      status == AttemptStatus::kLoadException || status == AttemptStatus::kLoadTimeout;
  return loading ? "load" : "run";
}

}  // namespace

std::string failed_attempt_line(const AttemptRecord& attempt) {
  const Outcome& outcome = attempt.outcome;
  const ErrorRecord record = error_record_of(attempt);
  nlohmann::ordered_json object = {{"agent", fmt::format("{}/{}", attempt.worker.node.value,
                                                         process_name(attempt.worker.process))},
                                   {"task_id", attempt.id.mini_batch.value}};
  if (!attempt.id.part.is_whole()) {
    std::string part;
    append_part(part, attempt.id.part);
    object["part"] = part;
  }
  object["dequeue_count"] = attempt.id.number;
  object["total"] = outcome.total;
  object["succeeded"] = outcome.succeeded;
  object["method"] = method_of(outcome.status);
  object["exc_type"] = record.raised.type;
  object["message"] = record.raised.message;
  object["run_method_duration"] = std::chrono::duration<double>(outcome.run).count();
  object["status"] = status_name(outcome.status);
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<void> SystemErrors::begin() {
  BM_TRY(files_.make_folders(tree_.sys_errors()));
  BM_ASSIGN(const std::vector<FolderEntry> nodes, files_.list(tree_.sys_errors()));
  for (const FolderEntry& node : nodes) {
    if (node.kind != FileKind::kFolder) continue;
    const std::string folder = tree_.sys_errors() + "/" + node.name;
    BM_ASSIGN(const std::vector<FolderEntry> logs, files_.list(folder));
    for (const FolderEntry& log : logs) {
      if (log.name.starts_with("process")) BM_TRY(files_.remove(folder + "/" + log.name));
    }
  }
  return {};
}

Result<void> SystemErrors::add(const AttemptRecord& attempt) {
  if (attempt.outcome.status == AttemptStatus::kRunDone) return {};
  const std::string line = failed_attempt_line(attempt);
  pending_[attempt.worker] += line;
  pending_bytes_ += line.size();
  return pending_bytes_ < kMostPending ? Result<void>() : flush();
}

Result<void> SystemErrors::flush() {
  for (const auto& [worker, lines] : pending_) {
    const std::string path = tree_.sys_error(worker);
    BM_TRY(files_.make_folders(path.substr(0, path.rfind('/'))));
    BM_TRY(files_.append(path, lines));
  }
  pending_.clear();
  pending_bytes_ = 0;
  return {};
}

Result<void> SystemErrors::finish() { return flush(); }

}  // namespace batchmill::runlog
