#include "workspace/dry_run_advice.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "runlog/error_record.h"
#include "runlog/failure_text.h"

namespace batchmill::workspace {

namespace {

constexpr double kShortest = 1, kLongest = 10, kWanted = 5;  // seconds of a mini-batch
constexpr double kSafety = 5;                                // timeout to expected time
constexpr std::int64_t kLeastTimeout = 10, kMostTimeout = 259200;
constexpr std::uint64_t kMiniBatchesPerWorker = 4;
constexpr std::uint64_t kKilobyte = 1024;

template <typename T>
std::optional<T> number(const nlohmann::json& summary, const char* key) {
  const auto found = summary.find(key);
  if (found == summary.end() || found->is_null()) return std::nullopt;
  return found->get<T>();
}

std::vector<std::string> failure_of(const nlohmann::json& summary) {
  const runlog::ErrorRecord record = runlog::parse_error_record(summary.at("error").dump());
  std::string where = fmt::format("mini-batch {}", summary.at("mini_batch").get<std::uint64_t>());
  if (!record.item.empty()) where += ", " + printable(record.item);
  std::vector<std::string> lines = {runlog::failure_line(record), where};
  for (std::string& line : runlog::failure_details(record)) lines.push_back(std::move(line));
  return lines;
}

// Two digits that count, rounded down, at least 1: 1234 -> 1200.
std::uint64_t rounded(double amount) {
  if (amount < 1) return 1;
  const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(amount)) - 1));
  return static_cast<std::uint64_t>(std::floor(amount / unit) * unit);
}

std::int64_t rounded_up(double seconds) {
  const double unit = seconds < 60 ? 5 : seconds < 600 ? 10 : 60;
  return static_cast<std::int64_t>(std::ceil(seconds / unit) * unit);
}

struct Amount {
  std::uint64_t value = 0;
  std::string text;  // as in YAML
};

// Bytes with the largest unit that leaves a number of at least 1.
Amount bytes_amount(double bytes) {
  const char* unit = "kb";
  std::uint64_t factor = kKilobyte;
  for (const char* larger : {"mb", "gb"}) {
    if (bytes < static_cast<double>(factor * kKilobyte)) break;
    factor *= kKilobyte;
    unit = larger;
  }
  const std::uint64_t count = rounded(bytes / static_cast<double>(factor));
  return {count * factor, fmt::format("\"{}{}\"", count, unit)};
}

std::string size_key(const std::string& kind) {
  if (kind == "jsonl") return "mini_batch_rows";
  return kind == "files" || kind == "table" ? "mini_batch_size" : "";
}

// Workers of the whole step: as many as asked for on each node, else one for each core.
std::size_t workers_of(const ParallelSpec& spec, std::size_t cores) {
  const std::int64_t on_each_node = spec.max_concurrency_per_instance.value;
  if (on_each_node <= 0) return std::max<std::size_t>(1, cores);
  const std::int64_t nodes = std::max<std::int64_t>(1, spec.instance_count.value);
  return static_cast<std::size_t>(on_each_node * nodes);
}

void choose_size(const DryRunMiniBatch& tried, std::uint64_t items, std::size_t workers,
                 DryRunAdvice& advice) {
  const bool is_table = tried.kind == "table";
  const std::uint64_t present = is_table ? tried.bytes : items;
  advice.size_key = present == 0 ? "" : size_key(tried.kind);
  advice.size_is_fine = true;
  if (advice.size_key.empty()) return;
  double wanted = static_cast<double>(present) * kWanted / std::max(advice.measured_s, 1e-6);
  if (tried.all_planned) {
    const double all = static_cast<double>(present) * static_cast<double>(tried.mini_batches);
    const double share = all / static_cast<double>(kMiniBatchesPerWorker * workers);
    wanted = std::min(wanted, std::max(share, static_cast<double>(present)));
  }
  const bool in_range = advice.measured_s >= kShortest && advice.measured_s <= kLongest;
  const Amount amount = is_table ? bytes_amount(in_range ? static_cast<double>(present) : wanted)
                                 : Amount{rounded(wanted), fmt::format("\"{}\"", rounded(wanted))};
  if (in_range || amount.value == present) return;
  advice.size = advice.size_key == "mini_batch_rows" ? fmt::to_string(amount.value) : amount.text;
  advice.size_is_fine = false;
  advice.expected_s =
      advice.measured_s * static_cast<double>(amount.value) / static_cast<double>(present);
}

void warn(const DryRunSummary& summary, const ParallelSpec& spec, DryRunAdvice& advice) {
  if (*summary.run_s > static_cast<double>(spec.timeout_seconds.value)) {
    advice.warnings.push_back(
        fmt::format("run() took {:.1f} s; a job would have stopped it after {} s "
                    "(retry_settings.timeout)",
                    *summary.run_s, spec.timeout_seconds.value));
  }
  const std::int64_t load_limit = spec.task_overhead_timeout_seconds.value;
  if (summary.load_s.value_or(0) > static_cast<double>(load_limit)) {
    advice.warnings.push_back(fmt::format(
        "loading took {:.1f} s; a job would have given up after {} s (task_overhead_timeout)",
        *summary.load_s, load_limit));
  }
}

}  // namespace

Result<DryRunSummary> dry_run_summary_from_json(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    DryRunSummary summary;
    summary.succeeded = json.at("error").is_null();
    if (!summary.succeeded) summary.failure = failure_of(json);
    summary.items = number<std::uint64_t>(json, "items");
    summary.init_s = number<double>(json, "init_s");
    summary.load_s = number<double>(json, "load_s");
    summary.run_s = number<double>(json, "run_s");
    return summary;
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorKind::kProtocol, std::string("summary of the dry run: ") + problem.what());
  }
}

std::optional<DryRunAdvice> advise(const DryRunMiniBatch& tried, const DryRunSummary& summary,
                                   const ParallelSpec& spec, std::size_t cores) {
  if (!summary.succeeded || !summary.run_s) return std::nullopt;
  DryRunAdvice advice;
  advice.measured_s = *summary.run_s + summary.load_s.value_or(0);
  advice.expected_s = advice.measured_s;
  choose_size(tried, summary.items.value_or(tried.items), workers_of(spec, cores), advice);
  const double share = *summary.run_s / std::max(advice.measured_s, 1e-6);
  advice.timeout_s =
      std::clamp(rounded_up(kSafety * advice.expected_s * share), kLeastTimeout, kMostTimeout);
  warn(summary, spec, advice);
  return advice;
}

}  // namespace batchmill::workspace
