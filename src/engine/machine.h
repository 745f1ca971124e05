#pragma once

#include <cstdint>
#include <vector>

#include "engine/job_environment.h"
#include "ports/gpus.h"

// What of this machine a step may use, and how its logical nodes share it (parallel-job.md 4.6).
// Pure.
namespace batchmill::engine {

struct Machine {
  std::uint32_t cores = 1;          // usable
  std::vector<std::uint32_t> gpus;  // their indices
};

// A CUDA_VISIBLE_DEVICES in `environment` leaves only the indices that it lists, in its order; as
// for the driver, the first that is none ends the list. Names of devices ("GPU-8a56...") cannot be
// told apart here: with one in it no GPU is handed out, and workers see what the user set.
Machine machine_of(std::uint32_t cores, const std::vector<GpuReading>& gpus,
                   const Environment& environment);

// Which of this machine's GPUs (their indices) belong to one of `seats` shares: every GPU has one
// owner, the first shares are the larger ones.
std::vector<std::uint32_t> gpus_of_seat(const std::vector<std::uint32_t>& gpus, std::uint32_t seat,
                                        std::uint32_t seats);

}  // namespace batchmill::engine
