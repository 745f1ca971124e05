#pragma once

#include <functional>

namespace batchmill {

// A thread beside the loop's, for calls that would make the loop wait. Work is done one after the
// other, in order; what it finds out it posts to the loop.
class Background {
 public:
  virtual ~Background() = default;
  virtual void run(std::function<void()> work) = 0;  // never waits
};

}  // namespace batchmill
