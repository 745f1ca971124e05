#include "runlog/step_metrics.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace batchmill::runlog {

namespace {

std::uint64_t rest(std::uint64_t total, std::uint64_t done) {
  return total - std::min(total, done);
}

void add_counts(std::vector<Metric>& metrics, const Count& count, const char* total,
                const char* processed, const char* failed, const char* remaining) {
  const auto add = [&](const char* name, std::uint64_t value) {
    metrics.push_back({name, static_cast<double>(value)});
  };
  if (count.total_known) add(total, count.total);
  add(processed, count.done);
  add(failed, count.failed);
  if (count.total_known) add(remaining, rest(count.total, count.done));
}

}  // namespace

std::vector<Metric> step_metrics(const StepProgress& step) {
  std::vector<Metric> metrics;
  const Count& batches = step.mini_batches;
  add_counts(metrics, batches, "Total Mini Batches", "Processed Mini Batches",
             "Failed Mini Batches", "Remaining Mini Batches");
  add_counts(metrics, step.items, "Total Items", "Processed Items", "Failed Items",
             "Remaining Items");
  if (batches.total_known && batches.total > 0) {
    const double share = static_cast<double>(batches.done) / static_cast<double>(batches.total);
    metrics.push_back({"Job progress", std::round(share * 10'000) / 100});
  }
  if (step.left_s) {
    metrics.push_back(
        {"Estimated remaining seconds", std::round((step.left_s->low + step.left_s->high) / 2)});
  }
  metrics.push_back({"Active workers", static_cast<double>(step.ready)});
  metrics.push_back({"Attempts", static_cast<double>(batches.done + step.retried)});
  return metrics;
}

std::string metric_lines(WallTime now, const std::vector<Metric>& metrics,
                         const std::string& prefix, const std::string& step) {
  using nlohmann::ordered_json;
  std::string lines;
  for (const Metric& metric : metrics) {
    ordered_json object = {{"time", iso_micros(now)}, {"name", prefix + metric.name}};
    const bool is_whole = std::floor(metric.value) == metric.value;
    if (is_whole) {
      object["value"] = static_cast<std::int64_t>(metric.value);
    } else {
      object["value"] = metric.value;
    }
    if (!step.empty()) object["step"] = step;
    lines += object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  }
  return lines;
}

}  // namespace batchmill::runlog
