#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/strong_id.h"

// Names of the things of design.md section 2.
namespace batchmill {

using MiniBatchId = StrongId<struct MiniBatchTag>;         // 0, 1, 2, ... in plan order
using NodeId = StrongId<struct NodeTag, std::uint32_t>;    // 0, 1, ...; a replacement is a new id
using Epoch = StrongId<struct EpochTag, std::uint32_t>;    // life of the leader; first is 1
using SpoolId = StrongId<struct SpoolTag, std::uint32_t>;  // a file of returned rows, per step

// A worker process of a step: `process` is the NNN of processNNN, counted per node.
struct WorkerId {
  NodeId node;
  std::uint32_t process = 0;
  auto operator<=>(const WorkerId&) const = default;
};

// "process004"
std::string process_name(std::uint32_t process);

}  // namespace batchmill

template <>
struct std::hash<batchmill::WorkerId> {
  std::size_t operator()(const batchmill::WorkerId& id) const noexcept {
    return (static_cast<std::size_t>(id.node.value) << 32) ^ id.process;
  }
};
