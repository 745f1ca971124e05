#include "runlog/mini_batch_report.h"

#include <algorithm>

#include "runlog/error_record.h"
#include "runlog/failure_text.h"

namespace batchmill::runlog {

namespace {

void append_megabytes(std::string& out, std::uint64_t kib) {
  const std::uint64_t tenths = (kib * 10 + 512) / 1024;
  append_number(out, tenths / 10);
  out += '.';
  append_number(out, tenths % 10);
}

}  // namespace

std::string mini_batch_report_header() {
  return "Mini-batch Id,Picked Count,Node,Process,Start Time,Total,Succeeded,Failed,"
         "Elapsed Seconds,Process Seconds,Run Method Seconds,Status,Error Category,Error Message,"
         "Mini-batch Detail,Peak Memory (MB),Part,GPU\n";
}

std::string error_category(int code, const std::string& type) {
  if (!type.empty()) return type;
  switch (code) {
    case 905:
    case 907:
      return "bad return";
    case 906:
      return "short return";
    case 908:
      return "timeout";
    case 909:
      return "load timeout";
    case 910:
      return "crash";
    case 911:
      return "out of memory";
    case 912:
      return "exit";
    case 913:
    case 914:
    case 915:
    case 916:
      return "bad input";
    case 922:
      return "node lost";
    case 923:
      return "disk full";
    default:
      return "error";
  }
}

MiniBatchReport::MiniBatchReport(Files& files, const std::string& path, DescribeMiniBatch describe,
                                 std::vector<ScriptEvent> events, const WorkerGpus& gpus)
    : file_(files, path), describe_(std::move(describe)), events_(std::move(events)), gpus_(gpus) {
  file_.buffer() = mini_batch_report_header();
}

Result<void> MiniBatchReport::add(const AttemptRecord& attempt) {
  const Outcome& outcome = attempt.outcome;
  while (next_event_ < events_.size() && events_[next_event_].time <= outcome.started) {
    add_event(events_[next_event_++]);
  }
  std::string& out = file_.buffer();
  append_number(out, attempt.id.mini_batch.value);
  out += ',';
  append_number(out, attempt.id.number);
  out += ',';
  append_number(out, attempt.worker.node.value);
  out += ',';
  append_process(out, attempt.worker.process);
  out += ',';
  times_.append(out, outcome.started);
  out += ',';
  append_number(out, outcome.total);
  out += ',';
  append_number(out, outcome.succeeded);
  out += ',';
  append_number(out, outcome.total - std::min(outcome.total, outcome.succeeded));
  out += ',';
  append_seconds(out, outcome.elapsed);
  out += ',';
  append_seconds(out, outcome.cpu);
  out += ',';
  append_seconds(out, outcome.run);
  out += ',';
  out += status_name(outcome.status);
  out += ',';
  if (outcome.status == AttemptStatus::kRunDone) {
    add_error("", "");
  } else {
    const ErrorRecord record = error_record_of(attempt);
    add_error(error_category(record.code, record.raised.type), failure_line(record));
  }
  json_.clear();
  if (describe_) describe_(attempt.id.mini_batch, attempt.id.part, json_);
  append_text(out, json_);
  out += ',';
  append_megabytes(out, outcome.peak_rss_kib);
  out += ',';
  append_part(out, attempt.id.part);
  out += ',';
  append_gpu(out, gpus_, attempt.worker);
  out += '\n';
  return file_.written();
}

void MiniBatchReport::add_event(const ScriptEvent& event) {
  std::string& out = file_.buffer();
  out.append(kNull).append(",").append(kNull).append(",");
  append_number(out, event.worker.node.value);
  out += ',';
  append_process(out, event.worker.process);
  out += ',';
  times_.append(out, event.time);
  for (int column = 0; column < 3; ++column) out.append(",").append(kNull);
  out += ',';
  append_seconds(out, event.elapsed);
  out.append(",").append(kNull).append(",").append(kNull).append(",");
  append_text(out, event.status);
  out += ',';
  if (event.error.empty()) {
    add_error("", "");
  } else {
    const ErrorRecord record = parse_error_record(event.error);
    add_error(error_category(record.code, record.raised.type), failure_line(record));
  }
  out.append(kNull).append(",").append(kNull).append(",").append(kNull).append(",");
  append_gpu(out, gpus_, event.worker);
  out += '\n';
}

void MiniBatchReport::add_error(const std::string& category, const std::string& message) {
  append_text(file_.buffer(), category);
  file_.buffer() += ',';
  append_text(file_.buffer(), message);
  file_.buffer() += ',';
}

Result<void> MiniBatchReport::finish() {
  while (next_event_ < events_.size()) add_event(events_[next_event_++]);
  return file_.finish();
}

}  // namespace batchmill::runlog
