#pragma once

#include <string>

#include "ports/bulk_files.h"
#include "ports/files.h"
#include "runlog/failed_items.h"
#include "runlog/mini_batch_report.h"

namespace batchmill::engine {

// What the reports say of the content of mini-batches, read from the manifest. Both are empty (N/A
// in the reports) when there is no manifest.
struct MiniBatchDetails {
  // The report's "Mini-batch Detail": the files, or the slices of files, as JSON. Long lists are
  // cut after 20 with the number of all. Of a part: its files, else the slices with the items.
  runlog::DescribeMiniBatch describe;
  // "day-03/part-17.csv", "rows.jsonl:1041" (row of the whole input), "day.csv[1024-2048]:3" (row
  // of the slice at these bytes). Positions and rows count from 0.
  runlog::NameItem name_item;
};
MiniBatchDetails mini_batch_details(const Files& files, BulkFiles& bulk,
                                    const std::string& manifest_folder);

}  // namespace batchmill::engine
