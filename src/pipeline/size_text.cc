#include "pipeline/size_text.h"

#include <charconv>
#include <limits>

#include "base/text.h"

namespace batchmill::pipeline {

namespace {

std::optional<std::uint64_t> unit_of(std::string_view text) {
  const std::string unit = to_lower(text);
  if (unit.empty()) return 1;
  if (unit == "kb") return std::uint64_t{1} << 10;
  if (unit == "mb") return std::uint64_t{1} << 20;
  if (unit == "gb") return std::uint64_t{1} << 30;
  return std::nullopt;
}

}  // namespace

std::optional<MiniBatchSize> parse_mini_batch_size(std::string_view text) {
  const std::string_view trimmed = trim(text);
  std::uint64_t number = 0;
  const char* end = trimmed.data() + trimmed.size();
  const auto [rest, error] = std::from_chars(trimmed.data(), end, number);
  if (error != std::errc() || number == 0) return std::nullopt;
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const bool has_unit = !unit.empty();
  if (has_unit && unit.front() == ' ') unit.remove_prefix(1);
  const auto factor = unit_of(unit);
  if (!factor || (has_unit && unit.empty())) return std::nullopt;
  if (number > std::numeric_limits<std::uint64_t>::max() / *factor) return std::nullopt;
  return MiniBatchSize{number * *factor, has_unit, std::string(text)};
}

}  // namespace batchmill::pipeline
