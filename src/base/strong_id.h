#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace batchmill {

// A number with a type of its own, so that a node is never passed where a worker is meant.
template <typename Tag, typename Number = std::uint64_t>
struct StrongId {
  Number value = 0;
  auto operator<=>(const StrongId&) const = default;
};

}  // namespace batchmill

template <typename Tag, typename Number>
struct std::hash<batchmill::StrongId<Tag, Number>> {
  std::size_t operator()(batchmill::StrongId<Tag, Number> id) const noexcept {
    return std::hash<Number>{}(id.value);
  }
};
