#pragma once

#include <string_view>
#include <vector>

#include "ports/command_runner.h"
#include "ports/gpus.h"

namespace batchmill::monitor {

// The output of `nvidia-smi --query-gpu=index,utilization.gpu,memory.used,memory.total
// --format=csv,noheader,nounits`. Lines that are no readings are left out. Pure.
std::vector<GpuReading> parse_gpu_readings(std::string_view text);

// Gpus by the `nvidia-smi` that stands first on PATH. One that is missing, fails (a driver that
// does not answer) or takes longer than 10 s means no GPUs.
class NvidiaSmi final : public Gpus {
 public:
  explicit NvidiaSmi(CommandRunner& commands) : commands_(commands) {}
  std::vector<GpuReading> read() override;

 private:
  CommandRunner& commands_;
};

}  // namespace batchmill::monitor
