#include "runlog/stop_reason.h"

#include <fmt/format.h>

namespace batchmill::runlog {

namespace {

std::string seconds(Duration duration) {
  return fmt::format("{:.0f} s", std::chrono::duration<double>(duration).count());
}

StopReason threshold(std::string counted, SettingUse setting) {
  std::string text =
      fmt::format("{}; {} is {} ({})", counted, setting.name, setting.value, origin_text(setting));
  return {917, std::move(text), std::move(setting), ""};
}

}  // namespace

std::string origin_text(const SettingUse& setting) {
  const SourcePlace& place = setting.place;
  if (setting.origin == SettingOrigin::kDefault || place.file.empty()) {
    return origin_name(setting.origin);
  }
  if (place.line == 0) return place.file;
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

StopReason stopped_by_mini_batches(std::uint64_t failed, std::uint64_t total, SettingUse setting) {
  return threshold(fmt::format("{} of {} mini-batches failed", failed, total), std::move(setting));
}

StopReason stopped_by_items(std::uint64_t failed, std::uint64_t total, SettingUse setting) {
  return threshold(fmt::format("{} of {} items failed", failed, total), std::move(setting));
}

StopReason stopped_by_percent(std::uint64_t failed, std::uint64_t total, SettingUse setting) {
  const double percent =
      total == 0 ? 0 : 100.0 * static_cast<double>(failed) / static_cast<double>(total);
  return threshold(fmt::format("{:.1f} % of {} mini-batches failed", percent, total),
                   std::move(setting));
}

StopReason stopped_before_first_task(SettingUse timeout) {
  std::string text =
      fmt::format("no mini-batch started within {} s ({})", timeout.value, timeout.name);
  return {918, std::move(text), std::move(timeout), ""};
}

StopReason stopped_without_progress(Duration silence, SettingUse timeout) {
  std::string text = fmt::format("no progress for {} ({})", seconds(silence), timeout.name);
  return {919, std::move(text), std::move(timeout), ""};
}

StopReason stopped_without_rows(std::uint64_t mini_batches, const std::string& output) {
  return {920,
          fmt::format("{} mini-batch{} returned no row; '{}' has nothing to append", mini_batches,
                      mini_batches == 1 ? "" : "es", output),
          std::nullopt, "remove append_row_to"};
}

StopReason stopped_by_empty_input(const std::string& input, const std::string& path) {
  return {921, fmt::format("input '{}' is empty: no file below {}", input, path), std::nullopt,
          "--allow_empty_input True lets the step complete"};
}

StopReason stopped_by_full_disk(const std::string& path, const std::string& what) {
  return {923, fmt::format("disk full: {} (writing {})", path, what), std::nullopt,
          "free space, then job resume"};
}

StopReason stopped_by_unwritable(const std::string& path, const std::string& reason) {
  return {924, fmt::format("cannot write {}: {}", path, reason), std::nullopt,
          "make it writable, then job resume: the rows are kept"};
}

StopReason stopped_otherwise(int code, const std::string& text) {
  return {code, text, std::nullopt, ""};
}

}  // namespace batchmill::runlog
