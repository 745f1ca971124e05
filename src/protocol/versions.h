#pragma once

#include <cstdint>

namespace batchmill {

constexpr std::uint32_t kChannelVersion = 1;  // channel.proto
constexpr std::uint32_t kBoardVersion = 1;    // worker_board.h and python/batchmill/worker/board.py

}  // namespace batchmill
