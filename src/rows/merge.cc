#include "rows/merge.h"

#include <iomanip>
#include <sstream>
#include <unordered_set>

#include "base/hash.h"
#include "rows/gather.h"

namespace batchmill::rows {

namespace {

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// Of the first spool, in mini-batch order, that has a header line; "" when none has.
Result<std::string> first_header(const Files& files, const ExtentIndex& index,
                                 const SpoolPath& spool_path) {
  std::unordered_set<std::uint32_t> seen;
  SpoolId latest{UINT32_MAX};
  for (auto extent = index.first(); extent; extent = index.after(*extent)) {
    const SpoolId spool = extent->rows.spool;
    if (extent->rows.length == 0 || spool == latest) continue;
    latest = spool;
    if (!seen.insert(spool.value).second) continue;
    const std::string path = spool_path(spool) + ".header";
    if (!files.exists(path)) continue;
    BM_ASSIGN(std::string header, files.read(path));
    if (header.empty()) continue;
    if (header.back() != '\n') header += '\n';
    return header;
  }
  return std::string();
}

Result<MergeTotals> write_rows(const Files& files, BulkFiles& bulk, const ExtentIndex& index,
                               const SpoolPath& spool_path, const MergeRequest& request,
                               const std::string& temporary, const MergeProgress& progress) {
  constexpr std::uint64_t kReportBytes = std::uint64_t{16} << 20;
  BM_ASSIGN(const auto target, bulk.create(temporary));
  SpoolSet spools(bulk, spool_path);
  Gatherer gatherer(spools, *target);
  std::uint64_t header_bytes = 0;
  if (request.wants_header) {
    BM_ASSIGN(const std::string header, first_header(files, index, spool_path));
    header_bytes = header.size();
    BM_TRY(gatherer.add_text(header));
  }
  std::uint64_t done = 0;
  std::uint64_t reported = 0;
  for (auto extent = index.first(); extent; extent = index.after(*extent)) {
    BM_TRY(gatherer.add(*extent));
    done += extent->rows.length;
    if (done - reported < kReportBytes) continue;
    reported = done;
    if (!progress(done, index.bytes())) return fail(ErrorKind::kCanceled, "merging was canceled");
  }
  BM_TRY(gatherer.finish());
  if (target->size() != header_bytes + index.bytes()) {
    return fail(ErrorKind::kProtocol,
                request.target + ": " + std::to_string(target->size()) + " bytes were merged, " +
                    std::to_string(header_bytes + index.bytes()) + " were committed");
  }
  BM_TRY(target->sync());
  return MergeTotals{index.rows(), target->size()};
}

}  // namespace

std::string merge_temporary(const std::string& target, const std::string& owner) {
  constexpr std::size_t kLongestName = 255;
  std::ostringstream prefix;
  prefix << ".temp_" << std::hex << std::setw(16) << std::setfill('0') << xxh3(owner, xxh3(target));
  const std::string name = target.substr(target.rfind('/') + 1);
  std::string temporary = prefix.str();
  if (temporary.size() + 1 + name.size() <= kLongestName) temporary += "_" + name;
  return folder_of(target) + "/" + temporary;
}

Result<void> remove_merge_leftover(Files& files, const std::string& target,
                                   const std::string& owner) {
  return files.remove(merge_temporary(target, owner));
}

Result<MergeTotals> merge_rows(Files& files, BulkFiles& bulk, const ExtentIndex& index,
                               const SpoolPath& spool_path, const MergeRequest& request,
                               const MergeProgress& progress) {
  const std::string temporary = merge_temporary(request.target, request.owner);
  BM_TRY(files.make_folders(folder_of(request.target)));
  auto totals = write_rows(files, bulk, index, spool_path, request, temporary, progress);
  if (totals) {
    auto published = bulk.publish(temporary, request.target);
    if (!published) totals = tl::unexpected(std::move(published.error()));
  }
  if (!totals) {
    // The first error is the one to tell; a leftover is replaced by the next try.
    static_cast<void>(files.remove(temporary));
    return totals;
  }
  progress(index.bytes(), index.bytes());
  return totals;
}

}  // namespace batchmill::rows
