import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Collections;
import java.util.Properties;

/** Reads what vaultcast wrote with Java's own classes and prints it: names and values in base64, one pair a line. */
public final class Dump {
  public static void main(String[] args) throws Exception {
    if (args[0].equals("properties")) properties(args);
    else if (args[0].equals("stores")) stores(args[1]);
    else store(args[1], args[2]);
  }

  /** ISO 8859-1, as Properties.load(InputStream) reads a file. */
  private static void properties(String[] args) throws Exception {
    for (int at = 1; at < args.length; at++) {
      Properties read = new Properties();
      try (FileInputStream in = new FileInputStream(args[at])) {
        read.load(in);
      }
      for (String name : read.stringPropertyNames()) print(name, read.getProperty(name));
    }
  }

  private static void store(String file, String password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    char[] secret = password.toCharArray();
    try (FileInputStream in = new FileInputStream(file)) {
      store.load(in, secret);
    }
    for (String alias : Collections.list(store.aliases())) {
      String kind = store.isKeyEntry(alias) ? "key" : "certificate";
      if (store.isKeyEntry(alias)) store.getKey(alias, secret).getEncoded();
      print(alias, kind + " " + Base64.getEncoder().encodeToString(store.getCertificate(alias).getEncoded()));
    }
  }

  /** Of a list of stores, file and password in base64 a line: each file, and what is in it. */
  private static void stores(String list) throws Exception {
    for (String line : Files.readAllLines(Path.of(list))) {
      String[] parts = line.split(" ");
      String file = new String(Base64.getDecoder().decode(parts[0]), StandardCharsets.UTF_8);
      char[] secret = new String(Base64.getDecoder().decode(parts[1]), StandardCharsets.UTF_8).toCharArray();
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (FileInputStream in = new FileInputStream(file)) {
        store.load(in, secret);
      }
      String alias = store.aliases().nextElement();
      store.getKey(alias, secret).getEncoded();
      print(file, alias + " key " + Base64.getEncoder().encodeToString(store.getCertificate(alias).getEncoded()));
    }
  }

  private static void print(String name, String value) {
    Base64.Encoder base64 = Base64.getEncoder();
    String left = base64.encodeToString(name.getBytes(StandardCharsets.UTF_8));
    System.out.println(left + " " + base64.encodeToString(value.getBytes(StandardCharsets.UTF_8)));
  }
}
