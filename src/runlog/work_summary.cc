#include "runlog/work_summary.h"

#include <algorithm>
#include <cmath>

#include "runlog/csv_text.h"

namespace batchmill::runlog {

namespace {

constexpr const char* kColumns =
    "Attempts,Succeeded,Failed,Items,Items Succeeded,Elapsed Seconds,Process Seconds,"
    "Run Method Seconds,Longest Run Method Seconds,Peak Memory (MB)";

void add_up(WorkSum& sum, const WorkSum& other) {
  sum.attempts += other.attempts;
  sum.succeeded += other.succeeded;
  sum.failed += other.failed;
  sum.items += other.items;
  sum.items_succeeded += other.items_succeeded;
  sum.elapsed += other.elapsed;
  sum.cpu += other.cpu;
  sum.run += other.run;
  sum.longest_run = std::max(sum.longest_run, other.longest_run);
  sum.peak_rss_kib = std::max(sum.peak_rss_kib, other.peak_rss_kib);
}

WorkSum sum_of(const AttemptRecord& attempt) {
  const Outcome& outcome = attempt.outcome;
  const bool success = outcome.status == AttemptStatus::kRunDone;
  WorkSum sum;
  sum.attempts = 1;
  sum.succeeded = success ? 1 : 0;
  sum.failed = success ? 0 : 1;
  sum.items = outcome.total;
  sum.items_succeeded = std::min(outcome.total, outcome.succeeded);
  sum.elapsed = outcome.elapsed;
  sum.cpu = outcome.cpu;
  sum.run = outcome.run;
  sum.longest_run = outcome.run;
  sum.peak_rss_kib = outcome.peak_rss_kib;
  return sum;
}

void append_sum(std::string& out, const WorkSum& sum) {
  for (const std::uint64_t number :
       {sum.attempts, sum.succeeded, sum.failed, sum.items, sum.items_succeeded}) {
    append_number(out, number);
    out += ',';
  }
  for (const Duration duration : {sum.elapsed, sum.cpu, sum.run, sum.longest_run}) {
    append_seconds(out, duration);
    out += ',';
  }
  append_number(out, (sum.peak_rss_kib + 512) / 1024);
}

// The value below which `share` of all lie; reorders.
std::optional<Duration> quantile(std::vector<std::uint32_t>& values, double share) {
  if (values.empty()) return std::nullopt;
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = values.begin() + std::lround(last * share);
  std::ranges::nth_element(values, at);
  return std::chrono::microseconds(*at);
}

}  // namespace

void WorkSummary::add(const AttemptRecord& attempt) {
  add_up(by_process_[attempt.worker], sum_of(attempt));
  if (!attempt.forgotten) count(attempt);
}

void WorkSummary::count(const AttemptRecord& attempt) {
  const Outcome& outcome = attempt.outcome;
  figures_.tries += 1;
  const bool success = outcome.status == AttemptStatus::kRunDone;
  if (success && attempt.id.part.is_whole()) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(outcome.run).count();
    run_micros_.push_back(
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(micros, 0, UINT32_MAX)));
  }
  if (const auto succeeded = finished_.add(attempt)) {
    (*succeeded ? figures_.mini_batches_succeeded : figures_.mini_batches_failed) += 1;
  }
  if (!attempt.final) return;
  const bool partial = success || outcome.status == AttemptStatus::kRunShort;
  const std::uint32_t good = partial ? std::min(outcome.total, outcome.succeeded) : 0;
  figures_.items += outcome.total;
  figures_.items_succeeded += good;
  figures_.items_failed += outcome.total - good;
  if (attempt.rows_count) figures_.rows += outcome.rows.rows;
}

StepFigures WorkSummary::figures(std::uint64_t mini_batches) const {
  StepFigures figures = figures_;
  figures.mini_batches = mini_batches;
  std::vector<std::uint32_t> times = run_micros_;
  figures.run_median = quantile(times, 0.5);
  figures.run_p95 = quantile(times, 0.95);
  return figures;
}

std::string WorkSummary::process_summary(const WorkerGpus& gpus) const {
  std::string text = "Node,Process,";
  text.append(kColumns).append(",GPU\n");
  for (const auto& [worker, sum] : by_process_) {
    append_number(text, worker.node.value);
    text += ',';
    append_process(text, worker.process);
    text += ',';
    append_sum(text, sum);
    text += ',';
    append_gpu(text, gpus, worker);
    text += '\n';
  }
  return text;
}

std::string WorkSummary::node_summary() const {
  std::map<NodeId, std::pair<std::uint64_t, WorkSum>> nodes;
  for (const auto& [worker, sum] : by_process_) {
    auto& [processes, total] = nodes[worker.node];
    processes += 1;
    add_up(total, sum);
  }
  std::string text = "Node,Processes,";
  text.append(kColumns).append("\n");
  for (const auto& [node, entry] : nodes) {
    append_number(text, node.value);
    text += ',';
    append_number(text, entry.first);
    text += ',';
    append_sum(text, entry.second);
    text += '\n';
  }
  return text;
}

}  // namespace batchmill::runlog
