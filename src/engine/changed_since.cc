#include "engine/changed_since.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/text.h"

namespace batchmill::engine {

namespace {

constexpr const char* kRemedy =
    "start anew, without resume_from; or, where files were only touched, give them their old times "
    "again (cp -p and rsync -t copy them, touch -d sets one)";

// The slices of a file follow each other, over several mini-batches: `made` is the earliest time.
template <typename Visit>
Result<void> for_each_file(const data::ManifestReader& manifest, const KeptMiniBatches& kept,
                           const Visit& visit) {
  std::string_view path;
  WallTime made;
  for (std::uint64_t id = 0; id < manifest.mini_batches(); ++id) {
    const std::optional<WallTime> made_here = kept.made(MiniBatchId{id});
    if (!made_here) continue;
    const auto [first, end] = manifest.range(id);
    for (std::uint64_t record = first; record < end; ++record) {
      const std::string_view next = manifest.path(record);
      if (next == path) {
        made = std::min(made, *made_here);
        continue;
      }
      if (!path.empty()) BM_TRY(visit(path, made));
      path = next;
      made = *made_here;
    }
  }
  return path.empty() ? Result<void>() : visit(path, made);
}

std::string change_text(std::string_view path, WallTime changed, WallTime made) {
  const bool same_second = iso_seconds(changed) == iso_seconds(made);
  const auto text = same_second ? iso_micros : iso_seconds;
  return fmt::format("{} was changed at {}, after its rows were made at {}", printable(path),
                     text(changed), text(made));
}

std::string more_text(std::uint64_t files) {
  if (files == 0) return "";
  return files == 1 ? "; so was 1 more file" : fmt::format("; so were {} more files", files);
}

}  // namespace

Result<std::string> changed_since(const data::ManifestReader& manifest, const KeptMiniBatches& kept,
                                  const KeptInput& input, const ModifiedAt& modified_at) {
  std::string first;
  std::uint64_t files = 0;
  BM_TRY(for_each_file(manifest, kept, [&](std::string_view path, WallTime made) -> Result<void> {
    if (input.copied) made = std::min(made, *input.copied);
    BM_ASSIGN(const WallTime changed, modified_at(path));
    if (changed > made && files++ == 0) first = change_text(path, changed, made);
    return {};
  }));
  if (files == 0) return std::string();
  return fmt::format("input '{}': {}{}; {}", input.name, first, more_text(files - 1), kRemedy);
}

}  // namespace batchmill::engine
