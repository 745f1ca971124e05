#pragma once

#include <string>

#include "ports/bulk_files.h"
#include "ports/files.h"
#include "runlog/mini_batch_report.h"

namespace batchmill::engine {

// The report's "Mini-batch Detail": the files, or the slices of files, of a mini-batch as JSON,
// read from the manifest. Long lists are cut after 20 with the number of all. Empty (N/A in the
// report) when there is no manifest.
runlog::DescribeMiniBatch mini_batch_details(const Files& files, BulkFiles& bulk,
                                             const std::string& manifest_folder);

}  // namespace batchmill::engine
