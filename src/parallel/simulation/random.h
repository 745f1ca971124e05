#pragma once

#include <cstdint>

#include "base/time.h"

namespace batchmill::parallel::simulation {

// SplitMix64: a stream that is the same for a seed on every machine and compiler.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : next() % end; }
  std::uint64_t between(std::uint64_t first, std::uint64_t last) {
    return first + below(last - first + 1);
  }
  bool chance(double probability) {
    return static_cast<double>(next() >> 11) * 0x1.0p-53 < probability;
  }
  Duration duration(Duration shortest, Duration longest) {
    return shortest + Duration(static_cast<std::int64_t>(
                          below(static_cast<std::uint64_t>((longest - shortest).count()) + 1)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace batchmill::parallel::simulation
