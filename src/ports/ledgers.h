#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "ports/ledger.h"

namespace batchmill {

// Opens ledgers by path, creating them when missing (unless read_only).
class Ledgers {
 public:
  virtual ~Ledgers() = default;
  virtual Result<std::unique_ptr<Ledger>> open(const std::string& path, bool read_only) = 0;
};

}  // namespace batchmill
