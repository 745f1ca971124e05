#include "data/plan_order.h"

#include <algorithm>
#include <string>

namespace batchmill::data {

namespace {

std::uint64_t record_bytes(const Files& files, const ManifestReader& manifest,
                           std::uint64_t record) {
  switch (manifest.header().kind) {
    case ManifestKind::kFiles: {
      const std::string path = manifest.header().root + "/" + std::string(manifest.path(record));
      const auto status = files.status(path);
      return status ? status->size : 0;
    }
    case ManifestKind::kSlices: {
      const SliceRecord slice = manifest.slice(record);
      return slice.end - slice.begin;
    }
    case ManifestKind::kRows: {
      const RowsRecord rows = manifest.rows(record);
      return rows.end - rows.begin;
    }
    case ManifestKind::kRanks:
      break;
  }
  return 0;
}

std::uint64_t mini_batch_bytes(const Files& files, const ManifestReader& manifest,
                               std::uint64_t mini_batch) {
  const auto [first, end] = manifest.range(mini_batch);
  std::uint64_t bytes = 0;
  for (std::uint64_t record = first; record < end; ++record) {
    bytes += record_bytes(files, manifest, record);
  }
  return bytes;
}

}  // namespace

std::shared_ptr<const std::vector<MiniBatchId>> largest_first(const Files& files,
                                                              const ManifestReader& manifest) {
  std::vector<std::uint64_t> bytes(manifest.mini_batches());
  for (std::uint64_t k = 0; k < bytes.size(); ++k) bytes[k] = mini_batch_bytes(files, manifest, k);
  std::vector<MiniBatchId> order(bytes.size());
  for (std::uint64_t k = 0; k < order.size(); ++k) order[k] = MiniBatchId{k};
  std::stable_sort(order.begin(), order.end(), [&](MiniBatchId left, MiniBatchId right) {
    return bytes[left.value] > bytes[right.value];
  });
  return std::make_shared<const std::vector<MiniBatchId>>(std::move(order));
}

}  // namespace batchmill::data
