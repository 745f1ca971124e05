#include "rows/spool_set.h"

#include <algorithm>

namespace batchmill::rows {

Result<const OpenSpool*> SpoolSet::get(SpoolId id) {
  if (latest_ != nullptr && latest_id_ == id) return latest_;
  auto found = open_.find(id.value);
  if (found == open_.end()) {
    OpenSpool spool;
    BM_ASSIGN(spool.file, bulk_.open(path_(id)));
    BM_ASSIGN(spool.bytes, spool.file->map());
    if (open_.size() >= most_open_) close_oldest();
    found = open_.emplace(id.value, std::move(spool)).first;
  }
  found->second.last_use = ++uses_;
  latest_id_ = id;
  latest_ = &found->second;
  return latest_;
}

void SpoolSet::close_oldest() {
  const auto oldest = std::min_element(
      open_.begin(), open_.end(),
      [](const auto& a, const auto& b) { return a.second.last_use < b.second.last_use; });
  if (latest_ == &oldest->second) latest_ = nullptr;
  open_.erase(oldest);
}

}  // namespace batchmill::rows
