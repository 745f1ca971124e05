#pragma once

#include <memory>
#include <vector>

#include "data/manifest_reader.h"
#include "model/ids.h"
#include "ports/files.h"

namespace batchmill::data {

// Every mini-batch of a complete manifest once, largest first by bytes, those of equal size by id:
// with the small ones last, workers end at about the same time. Files are looked at for their
// sizes, one stat each; one that has vanished counts as empty, as loading it will name it. Slices
// and rows know theirs. Ranks have none and stay as they are.
std::shared_ptr<const std::vector<MiniBatchId>> largest_first(const Files& files,
                                                              const ManifestReader& manifest);

}  // namespace batchmill::data
