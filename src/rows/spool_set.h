#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "model/ids.h"
#include "ports/bulk_files.h"

namespace batchmill::rows {

// Path of a spool; its header line, if a worker wrote one, lies beside it as "<path>.header".
using SpoolPath = std::function<std::string(SpoolId)>;

struct OpenSpool {
  std::unique_ptr<ReadableFile> file;
  std::string_view bytes;  // mapped
  std::uint64_t last_use = 0;
};

// The spools of a step, opened when first asked for. A step may have had more workers than a
// process may have open files, so the one used longest ago gives way.
class SpoolSet {
 public:
  SpoolSet(const BulkFiles& bulk, SpoolPath path, std::size_t most_open = 256)
      : bulk_(bulk), path_(std::move(path)), most_open_(most_open) {}

  // Valid until the next call.
  Result<const OpenSpool*> get(SpoolId id);

 private:
  void close_oldest();

  const BulkFiles& bulk_;
  SpoolPath path_;
  std::size_t most_open_;
  std::unordered_map<std::uint32_t, OpenSpool> open_;
  SpoolId latest_id_;
  OpenSpool* latest_ = nullptr;
  std::uint64_t uses_ = 0;
};

}  // namespace batchmill::rows
