#include "cli/progress_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/time.h"

namespace batchmill::cli {

namespace {

// Three significant digits with a unit: 1.02M, 11.2M, 112M.
std::string scaled(double number, char unit) {
  const int digits = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}{}", number, digits, unit);
}

std::int64_t rounded_to(double value, std::int64_t step) {
  return std::max(step,
                  static_cast<std::int64_t>(std::lround(value / static_cast<double>(step))) * step);
}

std::string range_text(std::int64_t low, std::int64_t high, const char* unit) {
  if (low == high) return fmt::format("~{} {}", low, unit);
  return fmt::format("{}-{} {}", low, high, unit);
}

// Hours in steps of ten minutes, with one decimal.
std::string hours_text(double seconds) {
  const double hours = static_cast<double>(rounded_to(seconds, 600)) / 3600;
  return hours >= 9.95 ? fmt::format("{:.0f}", hours) : fmt::format("{:.1f}", hours);
}

}  // namespace

std::string compact(std::uint64_t number) {
  const auto value = static_cast<double>(number);
  if (number < 100'000) return std::to_string(number);
  if (number < 999'500) return fmt::format("{:.0f}k", value / 1e3);
  if (number < 999'500'000) return scaled(value / 1e6, 'M');
  return scaled(value / 1e9, 'G');
}

std::string rate_text(double rate) {
  if (rate <= 0) return "-";
  if (rate < 0.095) return fmt::format("{:.2f}", rate);
  if (rate < 99.95) return fmt::format("{:.1f}", rate);
  return compact(static_cast<std::uint64_t>(std::llround(rate)));
}

std::string batches_text(const Count& count) {
  if (count.total == 0 && !count.total_known) return compact(count.done);
  return compact(count.done) + "/" + compact(count.total) + (count.total_known ? "" : "+");
}

std::string items_text(const Count& count) {
  if (count.total == 0 && !count.total_known) return compact(count.done);
  return compact(count.done) + "/" + (count.total_known ? "" : "~") + compact(count.total);
}

std::string percent_text(const Count& count) {
  if (!count.total_known || count.total == 0) return "";
  // Only what is all done is 100 %.
  const std::uint64_t percent = count.done * 100 / count.total;
  return std::to_string(std::min<std::uint64_t>(percent, 100)) + "%";
}

std::string left_text(const StepProgress& step) {
  const Count& count = step.mini_batches;
  const std::uint64_t rest = count.total - std::min(count.total, count.done);
  if (count.total_known && rest > 0 && rest < step.ready && count.done > 0) {
    return "last " + std::to_string(rest);
  }
  if (!step.left_s || step.left_s->high > 5 * step.left_s->low) return "-";
  double low = step.left_s->low, high = step.left_s->high;
  if (high <= 1.25 * low) low = high = (low + high) / 2;
  if (low < 10) return range_text(rounded_to(low, 1), rounded_to(high, 1), "s");
  if (low < 60) return range_text(rounded_to(low, 5), rounded_to(high, 5), "s");
  if (low < 3600) {
    return range_text(rounded_to(low, 60) / 60, rounded_to(high, 60) / 60, "min");
  }
  const std::string from = hours_text(low), to = hours_text(high);
  return from == to ? "~" + from + " h" : from + "-" + to + " h";
}

std::string phase_text(const StepProgress& step, Duration since) {
  const double passed = std::max(0.0, std::chrono::duration<double>(since).count());
  const std::string seconds = seconds_text(std::floor(step.phase_since_s + passed));
  if (step.phase == "waiting" || step.phase == "waiting for cores") {
    return step.reason.empty() ? step.phase : step.phase + ": " + step.reason;
  }
  if (step.phase == "listing") {
    if (step.items.total == 0) return "listing";
    return fmt::format("listing: {} {}, {} batches so far", compact(step.items.total),
                       step.items.total == 1 ? "item" : "items", compact(step.mini_batches.total));
  }
  if (step.phase == "starting workers") return "workers in init " + seconds;
  if (step.phase == "merging") {
    return fmt::format("merging {}%", static_cast<int>(step.merged_fraction * 100));
  }
  if (step.phase == "command") return "command " + seconds;
  if (step.phase.starts_with("stalled")) return "stalled " + seconds;
  return step.phase == "running" ? "" : step.phase;
}

std::string seconds_text(double seconds) {
  if (seconds < 60 && seconds == std::floor(seconds)) return fmt::format("{:.0f} s", seconds);
  return human_duration(std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
}

}  // namespace batchmill::cli
