#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace batchmill {

// Makes spools durable (design.md section 6, step 5). Calls do not block; `done` runs on the loop's
// thread, in the order of the calls for one path.
class SpoolSync {
 public:
  virtual ~SpoolSync() = default;
  // After success everything that was in the file at the time of the call survives a crash of the
  // machine, the file's name included.
  virtual void sync(const std::string& path, std::function<void(Result<void>)> done) = 0;
};

}  // namespace batchmill
