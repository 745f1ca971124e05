#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "model/ids.h"
#include "parallel/pending_ranges.h"

namespace batchmill::parallel {

// First tries that wait in an order other than that of their ids (largest_first). Costs a position
// and a count beside the order itself: which of them still wait is asked while walking it.
class LeaseOrder {
 public:
  using Order = std::shared_ptr<const std::vector<MiniBatchId>>;

  void set(Order order) { order_ = std::move(order); }
  bool is_set() const { return order_ != nullptr; }
  // Of all that wait here.
  std::uint64_t left() const { return left_; }
  // So many more wait now, wherever they stand in the order.
  void add(std::uint64_t count) {
    left_ += count;
    next_ = 0;
  }
  void drop_one() { --left_; }  // it waits no more
  // Takes the first that waits, and at most `most` in all if those behind it are its neighbours.
  template <typename Waits>
  std::optional<IdRange> take(std::uint64_t most, const Waits& waits) {
    if (left_ == 0 || most == 0) return std::nullopt;
    while (!waits((*order_)[next_])) ++next_;
    IdRange range{(*order_)[next_].value, 0};
    const auto follows = [&] {
      return next_ < order_->size() && (*order_)[next_].value == range.first + range.count &&
             waits((*order_)[next_]);
    };
    while (range.count < most && follows()) {
      ++range.count;
      ++next_;
    }
    left_ -= range.count;
    return range;
  }

 private:
  Order order_;
  std::uint64_t left_ = 0;
  std::size_t next_ = 0;
};

}  // namespace batchmill::parallel
