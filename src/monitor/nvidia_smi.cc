#include "monitor/nvidia_smi.h"

#include <charconv>
#include <optional>

#include "base/text.h"

namespace batchmill::monitor {

namespace {

constexpr Duration kTimeout = std::chrono::seconds(10);

// Nothing for "[N/A]" and "[Not Supported]".
template <typename Number>
std::optional<Number> number_in(std::string_view field) {
  field = trim(field);
  Number value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc{} || end != field.data() + field.size()) return std::nullopt;
  return value;
}

}  // namespace

std::vector<GpuReading> parse_gpu_readings(std::string_view text) {
  std::vector<GpuReading> readings;
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(line, ',');
    if (fields.size() != 4) continue;
    const auto index = number_in<std::uint32_t>(fields[0]);
    if (!index) continue;
    readings.push_back({*index, number_in<std::uint32_t>(fields[1]),
                        number_in<std::uint64_t>(fields[2]), number_in<std::uint64_t>(fields[3])});
  }
  return readings;
}

std::vector<GpuReading> NvidiaSmi::read() {
  CommandRequest request;
  request.argv = {"nvidia-smi", "--query-gpu=index,utilization.gpu,memory.used,memory.total",
                  "--format=csv,noheader,nounits"};
  request.timeout = kTimeout;
  const auto output = commands_.run(request);
  if (!output || output->exit_code != 0) return {};
  return parse_gpu_readings(output->out);
}

}  // namespace batchmill::monitor
