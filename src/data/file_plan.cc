#include "data/file_plan.h"

namespace batchmill::data {

Result<void> plan_files(const BulkFiles& bulk, const PlanRequest& request, PlanOutput& output) {
  return visit_sources(bulk, request.sources,
                       [&](std::string_view path, std::size_t) { return output.add_file(path); });
}

}  // namespace batchmill::data
