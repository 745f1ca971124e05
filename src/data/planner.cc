#include "data/planner.h"

#include "data/file_plan.h"
#include "data/manifest_reader.h"
#include "data/manifest_writer.h"
#include "data/plan_order.h"
#include "data/plan_output.h"
#include "data/row_plan.h"
#include "data/table_plan.h"

namespace batchmill::data {

namespace {

ManifestKind kind_of(const PlanRequest& request) {
  if (request.rank_count > 0) return ManifestKind::kRanks;
  if (request.rows_per_mini_batch > 0) return ManifestKind::kRows;
  return request.table ? ManifestKind::kSlices : ManifestKind::kFiles;
}

bool counts_items(ManifestKind kind) { return kind != ManifestKind::kSlices; }

ManifestHeader header_of(const PlanRequest& request) {
  ManifestHeader header;
  header.kind = kind_of(request);
  header.root = common_folder(request.sources);
  header.per_mini_batch = header.kind == ManifestKind::kFiles ? request.mini_batch_size : 1;
  return header;
}

std::string place_of(const PlanRequest& request) {
  if (request.sources.empty()) return "nothing";
  const Source& first = request.sources.front();
  std::string place =
      first.kind == SourceKind::kFolder ? first.folder : first.folder + "/" + first.rest;
  if (request.sources.size() > 1) {
    place += " and " + std::to_string(request.sources.size() - 1) + " more";
  }
  return place;
}

Error empty_input(const PlanRequest& request) {
  const bool of_files = kind_of(request) == ManifestKind::kFiles;
  return Error{ErrorKind::kInvalid, "input '" + request.input_name +
                                        "' is empty: " + place_of(request) +
                                        (of_files ? " holds no files" : " holds no rows")};
}

// A complete plan is not made again, but what it made must still be there.
Result<PlanResult> reuse(const Files& files, const BulkFiles& bulk, const PlanRequest& request,
                         const PlanSink& sink) {
  PlanResult result;
  result.total.mark = request.earlier;
  result.total.items_known = counts_items(kind_of(request));
  if (request.earlier.records > 0) {
    BM_ASSIGN(const ManifestReader reader,
              ManifestReader::open(files, bulk, request.manifest_folder));
    BM_TRY(reader.verify(request.earlier));
    result.total.items = reader.total_items(request.earlier.records);
  }
  if (!sink(result.total)) return fail(ErrorKind::kCanceled, "planning was canceled");
  return result;
}

Result<void> plan(const BulkFiles& bulk, const PlanRequest& request, PlanOutput& output,
                  std::vector<std::string>& warnings) {
  switch (kind_of(request)) {
    case ManifestKind::kFiles:
      return plan_files(bulk, request, output);
    case ManifestKind::kSlices:
      return plan_table(bulk, request, output, warnings);
    case ManifestKind::kRows:
      return plan_rows(bulk, request, output);
    case ManifestKind::kRanks:
      break;
  }
  for (std::uint64_t rank = 0; rank < request.rank_count; ++rank) BM_TRY(output.add_rank());
  return {};
}

}  // namespace

Result<PlanResult> Planner::run(const PlanRequest& request, const PlanSink& sink) {
  if (request.mini_batch_size == 0) {
    return fail(ErrorKind::kInvalid,
                "a mini-batch size of 0 for input '" + request.input_name + "'");
  }
  BM_ASSIGN(PlanResult result,
            request.earlier.complete ? reuse(files_, bulk_, request, sink) : make(request, sink));
  if (request.wants_order) {
    BM_ASSIGN(const ManifestReader manifest,
              ManifestReader::open(files_, bulk_, request.manifest_folder));
    result.order = largest_first(files_, manifest);
  }
  return result;
}

Result<PlanResult> Planner::make(const PlanRequest& request, const PlanSink& sink) {
  BM_ASSIGN(ManifestWriter writer, ManifestWriter::open(files_, bulk_, request.manifest_folder,
                                                        header_of(request), request.earlier));
  PlanOutput output(writer, clock_, sink, counts_items(kind_of(request)));
  PlanResult result;
  BM_TRY(plan(bulk_, request, output, result.warnings));
  if (writer.records() == 0 && !request.allow_empty) return tl::unexpected(empty_input(request));
  BM_ASSIGN(result.total, output.finish());
  return result;
}

}  // namespace batchmill::data
