#include "data/planner.h"

#include "data/file_plan.h"
#include "data/manifest_reader.h"
#include "data/manifest_writer.h"
#include "data/plan_output.h"
#include "data/table_plan.h"

namespace batchmill::data {

namespace {

ManifestHeader header_of(const PlanRequest& request) {
  ManifestHeader header;
  header.kind = request.table ? ManifestKind::kSlices : ManifestKind::kFiles;
  header.root = common_folder(request.sources);
  header.per_mini_batch = request.table ? 1 : request.mini_batch_size;
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
  return Error{ErrorKind::kInvalid, "input '" + request.input_name +
                                        "' is empty: " + place_of(request) +
                                        (request.table ? " holds no rows" : " holds no files")};
}

// A complete plan is not made again, but what it made must still be there.
Result<PlanResult> reuse(const Files& files, const BulkFiles& bulk, const PlanRequest& request,
                         const PlanSink& sink) {
  if (request.earlier.records > 0) {
    BM_ASSIGN(const ManifestReader reader,
              ManifestReader::open(files, bulk, request.manifest_folder));
    BM_TRY(reader.verify(request.earlier));
  }
  PlanResult result;
  result.total.mark = request.earlier;
  result.total.items_known = !request.table;
  result.total.items = request.table ? 0 : request.earlier.records;
  if (!sink(result.total)) return fail(ErrorKind::kCanceled, "planning was canceled");
  return result;
}

}  // namespace

Result<PlanResult> Planner::run(const PlanRequest& request, const PlanSink& sink) {
  if (request.mini_batch_size == 0) {
    return fail(ErrorKind::kInvalid,
                "a mini-batch size of 0 for input '" + request.input_name + "'");
  }
  if (request.earlier.complete) return reuse(files_, bulk_, request, sink);

  BM_ASSIGN(ManifestWriter writer, ManifestWriter::open(files_, bulk_, request.manifest_folder,
                                                        header_of(request), request.earlier));
  PlanOutput output(writer, clock_, sink, !request.table);
  PlanResult result;
  if (request.table) {
    BM_TRY(plan_table(bulk_, request, output, result.warnings));
  } else {
    BM_TRY(plan_files(bulk_, request, output));
  }
  if (writer.records() == 0 && !request.allow_empty) return tl::unexpected(empty_input(request));
  BM_ASSIGN(result.total, output.finish());
  return result;
}

}  // namespace batchmill::data
