#include "engine/machine.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"

namespace batchmill::engine {

namespace {

std::optional<std::string> visible_devices(const Environment& environment) {
  for (const auto& [name, value] : environment) {
    if (name == "CUDA_VISIBLE_DEVICES") return value;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> index_of(std::string_view text) {
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

}  // namespace

Machine machine_of(std::uint32_t cores, const std::vector<GpuReading>& gpus,
                   const Environment& environment) {
  Machine machine{cores, {}};
  for (const GpuReading& gpu : gpus) machine.gpus.push_back(gpu.index);
  const auto visible = visible_devices(environment);
  if (!visible) return machine;
  std::vector<std::uint32_t> listed;
  for (const std::string_view text : split(*visible, ',')) {
    const auto index = index_of(trim(text));
    const bool known = index && std::count(machine.gpus.begin(), machine.gpus.end(), *index) > 0;
    if (!known) break;
    listed.push_back(*index);
  }
  machine.gpus = std::move(listed);
  return machine;
}

std::vector<std::uint32_t> gpus_of_seat(const std::vector<std::uint32_t>& gpus, std::uint32_t seat,
                                        std::uint32_t seats) {
  if (seat >= seats) return {};
  const auto all = static_cast<std::uint32_t>(gpus.size());
  const std::uint32_t larger = all % seats;
  const std::uint32_t first = seat * (all / seats) + std::min(seat, larger);
  const std::uint32_t count = all / seats + (seat < larger ? 1 : 0);
  return {gpus.begin() + first, gpus.begin() + first + count};
}

}  // namespace batchmill::engine
