import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.calcite.config.Lex;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.flink.sql.parser.impl.FlinkSqlParserImpl;
import org.apache.flink.sql.parser.validate.FlinkSqlConformance;

/**
 * Reads statements from standard input, NUL between them, and writes a line for each: `+ NodeClass`, or `- ` and the
 * first line of the error. The parser is configured as Flink's planner configures it.
 */
public final class FlinkParser {
    private static final SqlParser.Config CONFIG =
            SqlParser.config()
                    .withParserFactory(FlinkSqlParserImpl.FACTORY)
                    .withConformance(FlinkSqlConformance.DEFAULT)
                    .withLex(Lex.JAVA)
                    .withIdentifierMaxLength(256);

    public static void main(String[] args) throws Exception {
        String input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String sql : input.split("\0", -1)) {
            out.println(verdict(sql));
        }
        out.flush();
    }

    private static String verdict(String sql) {
        try {
            SqlNodeList statements = SqlParser.create(sql, CONFIG).parseStmtList();
            StringBuilder kinds = new StringBuilder("+");
            for (SqlNode statement : statements) {
                kinds.append(' ').append(statement.getClass().getSimpleName());
            }
            return kinds.toString();
        } catch (SqlParseException error) {
            return "- " + firstLine(error);
        } catch (Throwable error) {
            return "- " + error.getClass().getSimpleName() + " " + firstLine(error);
        }
    }

    private static String firstLine(Throwable error) {
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    }
}
