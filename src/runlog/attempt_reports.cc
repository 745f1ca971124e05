#include "runlog/attempt_reports.h"

#include "runlog/system_errors.h"

namespace batchmill::runlog {

namespace {

Result<void> make_report_folder(Files& files, const LogTree& tree) {
  const std::string path = tree.processed_mini_batches();
  return files.make_folders(path.substr(0, path.rfind('/')));
}

}  // namespace

Result<AttemptReports> write_attempt_reports(Files& files, const Ledger& ledger,
                                             const LogTree& tree, AttemptReportOptions options) {
  BM_TRY(make_report_folder(files, tree));
  AttemptReports reports;
  MiniBatchReport rows(files, tree.processed_mini_batches(), std::move(options.describe),
                       std::move(options.events), options.gpus);
  FailedItems items(files, tree.failed_items(), std::move(options.name_item));
  SystemErrors errors(files, tree);
  BM_TRY(errors.begin());
  Result<void> written;
  BM_TRY(ledger.for_each_attempt(true, [&](const AttemptRecord& attempt) {
    reports.work.add(attempt);
    reports.failures.add(attempt);
    if (options.also) options.also(attempt);
    written = rows.add(attempt);
    if (written) written = items.add(attempt);
    if (written) written = errors.add(attempt);
    return written.has_value();
  }));
  BM_TRY(std::move(written));
  BM_TRY(rows.finish());
  BM_TRY(items.finish());
  BM_TRY(errors.finish());
  BM_TRY(
      files.write_atomically(tree.process_summary(), reports.work.process_summary(options.gpus)));
  BM_TRY(files.write_atomically(tree.node_summary(), reports.work.node_summary()));
  return reports;
}

}  // namespace batchmill::runlog
